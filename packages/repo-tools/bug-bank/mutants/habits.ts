import type { Mutant } from '../mutant.ts'

const core = 'packages/payment-core/src'
const server = 'apps/server/src'
const wrappedTest = `${server}/journey/receive/wrapped-return.test.ts`
const webhookTest = `${server}/journey/receive/webhook.test.ts`
const observationTest = `${core}/portone-v1/observation.test.ts`

/** How gateways and PGs really write: addresses, ids, flags, texts, rows. */
export const habits: readonly Mutant[] = [
  {
    name: 'an odd query shuts the customer’s own link',
    story: 'The script writes an id twice, and the customer who has paid gets an error page.',
    reports: [],
    file: `${server}/http/return-route.ts`,
    find: 'const fields = own === null ? readQuery(query) : ok(own)',
    replace: 'const fields = readQuery(query)',
    killedBy: { file: wrappedTest, test: 'what was odd: /complete/TOKEN?imp_uid=OLD&imp_uid=IMP' },
  },
  {
    name: 'what is glued to the token hides it',
    story: 'The address has `&` where a `?` belongs: the token is not found, and the page is an error.',
    reports: [],
    file: `${server}/http/return-route.ts`,
    find: 'const token = found?.[0] ?? segment?.[1] ?? null',
    replace: 'const token = segment?.[1] ?? null',
    killedBy: { file: wrappedTest, test: 'what was odd: /complete/TOKEN&imp_uid=IMP&merchant_uid=ORD' },
  },
  {
    name: 'a doubled slash leads nowhere',
    story: 'The sender puts the address together by hand, with a slash too many: 404, and no look.',
    reports: [],
    file: `${server}/http/read-request.ts`,
    find: '^\\/+webhooks\\/+portone\\/*$/',
    replace: '^\\/webhooks\\/portone\\/*$/',
    killedBy: { file: wrappedTest, test: 'W-20: «//webhooks/portone» is the same door' },
  },
  {
    name: 'a trailing slash leads nowhere',
    story: 'The console has `/webhooks/portone/` for an address: every webhook is a 404.',
    reports: [],
    file: `${server}/http/read-request.ts`,
    find: '^\\/+webhooks\\/+portone\\/*$/',
    replace: '^\\/+webhooks\\/+portone$/',
    killedBy: { file: wrappedTest, test: 'W-20: «/webhooks/portone/» is the same door' },
  },
  {
    name: 'the old flag is not read',
    story: 'Older pages send `imp_status=false`: a refused customer waits for three minutes to be told.',
    reports: [],
    file: `${core}/portone-v1/claims.ts`,
    find: 'fields.success, fields.imp_status]',
    replace: 'fields.success]',
    killedBy: {
      file: `${core}/portone-v1/claims.test.ts`,
      test: 'R-03, R-04, R-28: imp_status=false only says failure',
    },
  },
  {
    name: 'a webhook with one bad id is refused',
    story:
      'The payment’s id has another spelling, the order’s beside it is ours: 400, and the gateway gives up.',
    reports: [],
    file: `${core}/portone-v1/claims.ts`,
    find: 'if (paymentId === null && orderId === null)',
    replace:
      'if ((paymentId === null && blankless(body.imp_uid) !== null) || (paymentId === null && orderId === null))',
    killedBy: { file: webhookTest, test: 'W-20: a payment’s id that is none of V1 beside a good one' },
  },
  {
    name: 'an order’s number that is a number is refused',
    story: '`"merchant_uid": 20261130` without quotes is no text, and the webhook is a 400.',
    reports: [],
    file: `${core}/portone-v1/wire.ts`,
    find: '.union([z.string().max(lengthMax), z.number().int().nonnegative().transform(String)])',
    replace: '.string().max(lengthMax)',
    killedBy: { file: webhookTest, test: 'W-20: an order’s id that comes as a JSON number is read as text' },
  },
  {
    name: 'the session’s end is the card’s',
    story: 'The session ran out, and the customer is told to check number and expiry of a card that is fine.',
    reports: [],
    file: `${core}/payment/fail-reason.ts`,
    find: "    reason: 'not_completed',\n    codes: [],\n",
    replace: "    reason: 'card_details',\n    codes: [],\n",
    killedBy: {
      file: `${core}/payment/fail-reason.test.ts`,
      test: 'R-28: what is not the card’s is not told as the card’s > not_completed',
    },
  },
  {
    name: 'whatever expires or has a password is the card',
    story: 'A coupon’s validity or a bank’s password is wrong, and the customer is told to check the card.',
    reports: [],
    file: `${core}/payment/fail-reason.ts`,
    find: '(bare?.test(text) === true && !OTHER_THINGS.test(text))',
    replace: 'bare?.test(text) === true',
    killedBy: {
      file: `${core}/payment/fail-reason.test.ts`,
      test: 'R-28: what is not the card’s is not told as the card’s > unknown',
    },
  },
  {
    name: 'a failure without a `response` is unreadable',
    story:
      'The gateway says 404 in two fields instead of three: the order never expires, a refusal is never counted.',
    reports: [],
    file: `${core}/portone-v1/wire.ts`,
    find: '  response: z.unknown().optional(),',
    replace: '  response: z.unknown().refine((value) => value !== undefined),',
    killedBy: {
      file: `${server}/gateway/portone-v1/answer.test.ts`,
      test: '존재하지 않는 결제정보입니다."} is the gateway’s word',
    },
  },
  {
    name: '«unknown» is shown as the account’s number',
    story:
      'The PG does not tell the number and writes `unknown`: that is what the customer is to transfer to.',
    reports: [],
    file: `${core}/portone-v1/observation.ts`,
    find: 'accountNumber: accountNumber(row.vbank_num),',
    replace: 'accountNumber: said(row.vbank_num),',
    killedBy: { file: observationTest, test: 'G-21: an account of which only vbank_num is told (unknown)' },
  },
  {
    name: 'a time with a fraction is none',
    story: '`paid_at: 1648344363.25` is no whole number, and the payment has no time.',
    reports: [],
    file: `${core}/portone-v1/wire.ts`,
    find: '  .number()\n  .nonnegative()\n  .max(MOMENT_MAX)',
    replace: '  .number()\n  .int()\n  .nonnegative()\n  .max(MOMENT_MAX)',
    killedBy: { file: observationTest, test: 'G-20: of a second with a fraction the second counts' },
  },
  {
    name: 'a sum of floats is no money',
    story: 'The gateway adds 0.10 and 0.20 to 0.30000000000000004; the refund of cents is never done.',
    reports: [],
    file: `${core}/portone-v1/amounts.ts`,
    find: ': withoutFloatError(units * 10 ** digits)',
    replace: ': null',
    killedBy: { file: `${core}/portone-v1/amounts.test.ts`, test: 'M-33: whatever floats are added up' },
  },
  {
    name: 'a row without `sandbox` is live',
    story: 'The row does not say whether it is of a test channel, and counts as money.',
    reports: [],
    file: `${core}/portone-v1/wire.ts`,
    find: '  sandbox: z.boolean(),',
    replace: '  sandbox: z.boolean().catch(false),',
    killedBy: {
      file: observationTest,
      test: 'G-20: a row whose channel is undefined is never taken for live',
    },
  },
]
