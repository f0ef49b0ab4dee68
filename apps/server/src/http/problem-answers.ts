import type { Problem } from '@landfall/payment-core'

type TrpcCode =
  | 'BAD_REQUEST'
  | 'UNAUTHORIZED'
  | 'FORBIDDEN'
  | 'NOT_FOUND'
  | 'CONFLICT'
  | 'TIMEOUT'
  | 'PAYLOAD_TOO_LARGE'
  | 'UNSUPPORTED_MEDIA_TYPE'
  | 'TOO_MANY_REQUESTS'
  | 'BAD_GATEWAY'
  | 'SERVICE_UNAVAILABLE'

type AnswerFor<P extends Problem> = {
  readonly status: 400 | 401 | 403 | 404 | 408 | 409 | 413 | 415 | 429 | 502 | 503
  readonly code: TrpcCode
  /** One sentence for developers. It quotes no input. */
  readonly message: (problem: P) => string
  /** What the caller can do about it. */
  readonly action: string
}

/** The answer to each problem, for HTTP and tRPC. No other file maps problems to status codes or messages. */
export const problemAnswers: { readonly [K in Problem['kind']]: AnswerFor<Extract<Problem, { kind: K }>> } = {
  bad_input: {
    status: 400,
    code: 'BAD_REQUEST',
    message: ({ where }) => `The input cannot be read: ${where}.`,
    action: 'Correct what the detail names, and send the call again.',
  },
  too_large: {
    status: 413,
    code: 'PAYLOAD_TOO_LARGE',
    message: ({ limitBytes }) => `At most ${limitBytes} bytes are taken.`,
    action: 'Send a smaller body.',
  },
  unsupported_content: {
    status: 415,
    code: 'UNSUPPORTED_MEDIA_TYPE',
    message: () => 'Send application/json; a webhook may be application/x-www-form-urlencoded as well.',
    action: 'Send JSON with Content-Type: application/json.',
  },
  bad_signature: {
    status: 401,
    code: 'UNAUTHORIZED',
    message: () => 'The webhook has no right signature of a live secret.',
    action: 'Sign it with a secret of PORTONE_V2_WEBHOOK_SECRETS, and send it within five minutes.',
  },
  slow_body: {
    status: 408,
    code: 'TIMEOUT',
    message: () => 'The body came too slowly; send it again.',
    action: 'Send the call again, its body at once.',
  },
  unauthorized: {
    status: 401,
    code: 'UNAUTHORIZED',
    message: () => 'Send a live merchant key: Authorization: Bearer <key>.',
    action: 'Send a key of MERCHANT_API_KEYS.',
  },
  not_allowed: {
    status: 403,
    code: 'FORBIDDEN',
    message: ({ scope }) => `This merchant key lacks the scope ${scope}.`,
    action: 'Use a key with this scope, or add the scope to this key in MERCHANT_API_KEYS.',
  },
  bad_view_token: {
    status: 401,
    code: 'UNAUTHORIZED',
    message: () => 'This link has expired or is not ours.',
    action: 'Use the token in the order’s present returnUrl.',
  },
  unknown_order: {
    status: 404,
    code: 'NOT_FOUND',
    message: () => 'No order of this id is registered.',
    action: 'Check the id, or register the order first.',
  },
  order_conflict: {
    status: 409,
    code: 'CONFLICT',
    message: ({ field }) => `This order is registered with another ${field}; the first registration stays.`,
    action: 'Register another amount or currency under a new order id.',
  },
  nothing_to_cancel: {
    status: 409,
    code: 'CONFLICT',
    message: () => 'This order holds no money that could go back.',
    action: 'Read the order: its balance and cancels say where the money is.',
  },
  cancel_too_large: {
    status: 409,
    code: 'CONFLICT',
    message: ({ left }) => `Only ${left} is left to give back.`,
    action: 'Ask for at most what is left, or omit the amount.',
  },
  cancel_parts_too_large: {
    status: 400,
    code: 'BAD_REQUEST',
    message: () => 'The tax-free or VAT part is more than the sum, or than is left of it.',
    action: 'Lower taxFree and vat, or omit both.',
  },
  refund_account_needed: {
    status: 400,
    code: 'BAD_REQUEST',
    message: () => 'This was paid into a virtual account: refundAccount must say where the money goes.',
    action: 'Send refundAccount with bank, account and holder.',
  },
  under_review: {
    status: 409,
    code: 'CONFLICT',
    message: () => 'The gateway’s records of this payment contradict each other: a person must look first.',
    action: 'End the order’s review first.',
  },
  unknown_review: {
    status: 404,
    code: 'NOT_FOUND',
    message: () => 'This order has no review of this id.',
    action: 'Read the order: reviews lists the ids.',
  },
  review_ended: {
    status: 409,
    code: 'CONFLICT',
    message: () => 'This review has ended in another way already: orders.get shows what is open.',
    action: 'Read the order: it shows what came of the review.',
  },
  not_possible: {
    status: 409,
    code: 'CONFLICT',
    message: ({ possible }) =>
      `This review cannot be ended so now; possible: ${possible.join(', ') || 'nothing'}.`,
    action: 'Choose one of the possible actions.',
  },
  order_has_payment: {
    status: 409,
    code: 'CONFLICT',
    message: () => 'This order has its payment: orders.cancel gives the money back.',
    action: 'Refund the order instead.',
  },
  idempotency_conflict: {
    status: 409,
    code: 'CONFLICT',
    message: () => 'This idempotency key came with another request before; the first one stands.',
    action: 'Use a new key for another request.',
  },
  contended: {
    status: 503,
    code: 'SERVICE_UNAVAILABLE',
    message: () => 'Others were writing this order; it goes on by itself.',
    action: 'Send the call again after Retry-After.',
  },
  storage_unavailable: {
    status: 503,
    code: 'SERVICE_UNAVAILABLE',
    message: () => 'Nothing can be stored right now; send it again.',
    action: 'Send the call again after Retry-After.',
  },
  busy: {
    status: 503,
    code: 'SERVICE_UNAVAILABLE',
    message: () => 'More is asked than can be answered right now; send it again.',
    action: 'Send the call again after Retry-After.',
  },
  too_many_requests: {
    status: 429,
    code: 'TOO_MANY_REQUESTS',
    message: () => 'Too many requests come from this address; wait a little.',
    action: 'Send the call again after Retry-After.',
  },
  unknown_payment: {
    status: 404,
    code: 'NOT_FOUND',
    message: () => 'The gateway knows no such payment.',
    action: 'Check the id. A payment that has just begun appears within seconds.',
  },
  gateway_unreachable: {
    status: 502,
    code: 'BAD_GATEWAY',
    message: () => 'The gateway does not answer; it is asked again.',
    action: 'Send the call again later, or read the order: it is looked up by itself.',
  },
  gateway_refused: {
    status: 502,
    code: 'BAD_GATEWAY',
    message: ({ status }) => `The gateway refused (${status}).`,
    action: 'Send the call again later. If it stays so, check the gateway’s settings.',
  },
  gateway_busy: {
    status: 503,
    code: 'SERVICE_UNAVAILABLE',
    message: () => 'The gateway asks to wait; it is asked again.',
    action: 'Send the call again after Retry-After.',
  },
  gateway_unreadable: {
    status: 502,
    code: 'BAD_GATEWAY',
    message: () => 'The gateway’s answer cannot be read; it is asked again.',
    action: 'Send the call again later, or read the order: it is looked up by itself.',
  },
  gateway_wrong_record: {
    status: 502,
    code: 'BAD_GATEWAY',
    message: () => 'The gateway answered with another record; it is asked again.',
    action: 'Send the call again later, or read the order: it is looked up by itself.',
  },
  gateway_bad_money: {
    status: 502,
    code: 'BAD_GATEWAY',
    message: () => 'The gateway’s record has no readable amount; a person must look.',
    action: 'Compare the payment with the gateway’s own console.',
  },
}

/** What the caller can do about an answer that is about no problem. */
export const otherActions = {
  not_here: 'See /docs for the addresses.',
  method_not_allowed: 'Use a method in Allow.',
  our_fault: 'Send the call again. Quote the id if you ask for help.',
} as const

/** The answer to one problem, with its message. */
export function answerTo(problem: Problem): {
  readonly status: AnswerFor<Problem>['status']
  readonly code: TrpcCode
  readonly message: string
  readonly action: string
} {
  const { status, code, action } = problemAnswers[problem.kind]
  return { status, code, message: sentenceOf(problem), action }
}

function sentenceOf<K extends Problem['kind']>(problem: Extract<Problem, { kind: K }>): string {
  const answer: AnswerFor<Extract<Problem, { kind: K }>> = problemAnswers[problem.kind]
  return answer.message(problem)
}
