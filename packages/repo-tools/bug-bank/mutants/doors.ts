import type { Mutant } from '../mutant.ts'

const core = 'packages/payment-core/src'
const journey = 'apps/server/src/journey'
const returnTest = `${journey}/receive/return.test.ts`
const webhookTest = `${journey}/receive/webhook.test.ts`
const signature = 'apps/server/src/gateway/signature.ts'
const signatureTest = 'apps/server/src/gateway/signature.test.ts'
const settled = '  seen,\n  look: lookOf(context),\n  returned: returnAmong('

/** What comes in: browsers, webhooks, strangers. */
export const doors: readonly Mutant[] = [
  {
    name: 'the return is believed',
    story: '`imp_success=true` in the address makes the order paid. Anybody can type it.',
    reports: ['cashfree/react-native-cashfree-pg-sdk#86'],
    file: `${journey}/reconcile/lookup-context.ts`,
    find: settled,
    replace: settled.replace(
      'seen,',
      "seen: context.triggers.some(({ claim }) => claim?.says === 'success') ? seen.map((each) => ({ ...each, status: 'paid' as const })) : seen,",
    ),
    killedBy: { file: returnTest, test: 'R-01: a claimed success for an unpaid order leaves it open' },
  },
  {
    name: 'the webhook’s body is believed',
    story: 'A webhook without a signature says «cancelled», and the order that was paid is.',
    reports: ['202-ecommerce/stripe_official#79'],
    file: `${journey}/reconcile/lookup-context.ts`,
    find: settled,
    replace: settled.replace(
      'seen,',
      "seen: context.triggers.some(({ claim }) => claim?.status === 'cancelled') ? seen.map((each) => ({ ...each, status: 'cancelled' as const, cancelledAmount: each.amounts[0] ?? 0 })) : seen,",
    ),
    killedBy: { file: webhookTest, test: 'W-02: a forged «cancelled» for a paid order changes nothing' },
  },
  {
    name: 'the order is taken from the body',
    story:
      'The webhook names one order, the payment belongs to another: the cheap payment finishes the dear order.',
    reports: [],
    file: `${journey}/reconcile/record-outcome.ts`,
    find: "(held.payment?.payment.orderId ?? seen[0]?.orderId ?? '')",
    replace: "(context.triggers[0]?.claim?.orderId ?? seen[0]?.orderId ?? '')",
    killedBy: { file: webhookTest, test: 'W-16: a body that names another order than the gateway' },
  },
  {
    name: 'a webhook before its order is acknowledged and forgotten',
    story:
      'The webhook is faster than the shop: there is no such order yet, so it is answered with 200 and dropped.',
    reports: ['duncanmcclean/statamic-cargo#190'],
    file: `${journey}/receive/follow-claim.ts`,
    find: "if (outcome.ok) return { state: 'done', dueAtMs: null }",
    replace:
      "if (outcome.ok || outcome.problem.kind === 'unknown_order') return { state: 'done', dueAtMs: null }",
    killedBy: {
      file: webhookTest,
      test: 'W-06: a webhook that comes before its order is registered is kept',
    },
  },
  {
    name: 'answered before it is stored',
    story:
      'The webhook is acknowledged and stored afterwards; the disk is full, and the gateway never repeats it.',
    reports: ['mikenelsonjr/Accelerators#2'],
    file: `${journey}/receive/accept-claim.ts`,
    find: 'return ok(await written.finally(() => writing.delete(id)))',
    replace:
      'void written.finally(() => writing.delete(id)).then(String, String)\n      return ok(firstTries.inFlight(id))',
    killedBy: { file: webhookTest, test: 'C-06, S-10: no 2xx for a webhook the disk did not take' },
  },
  {
    name: 'an error is swallowed with 200',
    story: 'Whatever goes wrong inside is caught and answered with 200: the sender does not come again.',
    reports: ['open-mercato/cezar#188', 'mikenelsonjr/Accelerators#2'],
    file: 'apps/server/src/http/webhook-route.ts',
    find: 'const heard = claim.ok ? await journey.acceptClaim(claim.value) : claim',
    replace:
      'const heard = claim.ok ? await journey.acceptClaim(claim.value).catch(() => ({ ok: true, value: null }) as const) : claim',
    killedBy: { file: webhookTest, test: 'C-06, S-10: no 2xx for a webhook the disk did not take' },
  },
  {
    name: 'a branch without an answer',
    story:
      'One kind of message leads to a branch that answers nothing: the sender gets a 500 and repeats it for hours.',
    reports: ['vendurehq/vendure#2657'],
    file: 'apps/server/src/http/webhook-route.ts',
    find: '\n  return refusal\n',
    replace:
      "\n  if (refusal.status !== 415) return refusal\n  throw new Error('nobody thought of this one')\n",
    killedBy: { file: webhookTest, test: 'W-13: garbage of every sort is refused' },
  },
  {
    name: 'two readers of one body read two payments',
    story: 'A key stands twice in the JSON: the check reads the first, the handler the last.',
    reports: [],
    file: `${journey}/receive/webhook.ts`,
    find: "hasUniqueKeys(text, value) ? parseBody(value) : badInput('a key comes twice, or it is too deep')",
    replace: 'parseBody(value)',
    killedBy: { file: webhookTest, test: 'W-13: garbage of every sort is refused' },
  },
  {
    name: 'a message without an id is never a repeat',
    story: 'Webhooks without an id cannot be told apart, so each is taken in as a new one.',
    reports: ['Automattic/woocommerce-payments#3783'],
    file: 'apps/server/src/store/receipts.ts',
    find: "return parts.map((part) => encodeURIComponent(part ?? '')).join('|')",
    replace: "return [...parts, Math.random()].map((part) => encodeURIComponent(part ?? '')).join('|')",
    killedBy: {
      file: 'apps/server/src/store/store.sqlite.test.ts',
      test: 'the same claim a hundred times is one receipt; another status is another (W-04)',
    },
  },
  {
    name: 'a header that is there is taken as signed',
    story: 'The signature’s header is looked for, and never compared with anything.',
    reports: ['teesofttech/PayBridge#61', 'open-mercato/open-mercato#1311'],
    file: signature,
    find: "return matches.includes(true) ? ok({ messageId: id[0] }) : fail('no_matching_signature')",
    replace: "return matches.length > 0 ? ok({ messageId: id[0] }) : fail('no_matching_signature')",
    killedBy: { file: signatureTest, test: 'W-10: is taken when any live secret signed it' },
  },
  {
    name: 'the raw body is serialised again',
    story:
      'The signature is checked over `JSON.stringify` of the parsed body: one blank, and a genuine webhook is refused.',
    reports: ['octokit/webhooks.js#76', 'paypal/PayPal-PHP-SDK#807', 'getsentry/sentry#71025'],
    file: signature,
    find: 'update(rawBody)',
    replace: "update(JSON.stringify(JSON.parse(Buffer.from(rawBody).toString('utf8'))))",
    killedBy: { file: signatureTest, test: 'W-09: a body is signed as it is spelled' },
  },
  {
    name: 'what was signed is mended first',
    story:
      'The body is made text before its signature is checked: bytes that are no text become others, and still fit.',
    reports: [],
    file: signature,
    find: 'update(rawBody)',
    replace: "update(Buffer.from(rawBody).toString('utf8'))",
    killedBy: { file: signatureTest, test: 'W-17: is refused when its broken text was mended' },
  },
  {
    name: 'freshness by the event’s own time',
    story:
      'How old a message is, is reckoned from a time it brings along: a recorded one stays fresh for ever.',
    reports: [],
    file: signature,
    find: 'const laterSeconds = Math.floor(nowMs / 1000) - Number(timestamp)',
    replace: 'const laterSeconds = Math.floor((Number(timestamp) * 1000) / 1000) - Number(timestamp)',
    killedBy: { file: signatureTest, test: 'W-09: is refused unsigned, changed, older than five minutes' },
  },
  {
    name: 'a fail-open limiter',
    story: 'When the limiter cannot tell, it lets everybody in.',
    reports: ['hiero-ledger/hiero-json-rpc-relay#5684', 'pschlan/cron-job.org#446'],
    file: `${journey}/reconcile/gateway-budget.ts`,
    find: 'if (!(await takeCalls(store, chunk, all, part))) return false',
    replace: 'await takeCalls(store, chunk, all, part)',
    killedBy: {
      file: `${journey}/reconcile/gateway-budget.test.ts`,
      test: 'never ask more than the budget in a second, and use it (sqlite)',
    },
  },
  {
    name: 'a limit that strangers do not feel',
    story: 'Junk that names nothing we know is written down as fast as it comes, until the disk is full.',
    reports: [],
    file: `${journey}/receive/coalesce-claims.ts`,
    find: "if (!this.#unknownRates[isBrowsers(claim) ? 'return' : 'webhook'].take(nowMs)) return null",
    replace: "this.#unknownRates[isBrowsers(claim) ? 'return' : 'webhook'].take(nowMs)",
    killedBy: {
      file: `${journey}/receive/coalesce-claims.test.ts`,
      test: 'D-01: faster than the disk can spare they are 503',
    },
  },
  {
    name: 'the address in a header is believed',
    story: '`X-Forwarded-For` says who is calling, and anybody can write it.',
    reports: [],
    file: 'apps/server/src/config/client-address.ts',
    find: 'if (!isProxy(trusted) || isIP(next) === 0) break',
    replace: 'if (isIP(next) === 0) break',
    killedBy: { file: 'apps/server/src/http/admission.test.ts', test: 'W-18: a forged X-Forwarded-For' },
  },
  {
    name: 'a percent sign ends the server',
    story: '`%` without two digits behind it is decoded, and `decodeURIComponent` throws.',
    reports: ['restify/node-restify#97', 'lukeed/sirv#54', 'senchalabs/connect#460'],
    file: `${core}/portone-v1/claims.ts`,
    find: 'const entries = [...new URLSearchParams(plain).entries()]',
    replace:
      "const entries = plain.split('&').map((pair) => [decodeURIComponent(pair.split('=')[0] ?? ''), decodeURIComponent(pair.split('=')[1] ?? '')] as const)",
    killedBy: {
      file: `${journey}/receive/text.test.ts`,
      test: 'R-14: a percent sign that encodes nothing stays a percent sign',
    },
  },
  {
    name: 'a return without a flag is a failure',
    story: 'Some PGs send no `imp_success` at all: the customer has paid and reads «failed».',
    reports: [],
    file: `${core}/portone-v1/claims.ts`,
    find: "return error === null ? 'nothing' : 'failure'",
    replace: "return 'failure'",
    killedBy: {
      file: `${core}/portone-v1/claims.test.ts`,
      test: 'R-03, R-04, R-28: imp_success= only says nothing',
    },
  },
  {
    name: 'a link preview is a return',
    story:
      'A messenger’s preview asks for the address by HEAD, and the claim is used up before the customer comes.',
    reports: [],
    file: 'apps/server/src/http/return-route.ts',
    find: 'handler: async (c) => send(c, 204, null) }',
    replace: 'handler: (c) => answerReturn(journey, c) }',
    killedBy: { file: returnTest, test: 'R-07: a link preview is no return: nothing is stored or looked up' },
  },
  {
    name: 'the way back is in the query',
    story: '`next=` says where to go after the payment, and it goes anywhere.',
    reports: [],
    file: 'apps/server/src/http/return-route.ts',
    find: 'location: `${journey.deps.config.webUrl}/result/${landed.value.token}`',
    replace:
      "location: new URLSearchParams(query).get('next') ?? `${journey.deps.config.webUrl}/result/${landed.value.token}`",
    killedBy: { file: returnTest, test: 'R-15: URLs in the query are never followed' },
  },
  {
    name: 'an order’s id shows the order',
    story: 'Order ids are counted up: the next customer’s order is one digit away.',
    reports: [],
    file: `${journey}/requests/show.ts`,
    find: '  if (viewer.paymentId === null) return null\n',
    replace:
      '  if (viewer.paymentId === null) return viewer.orderId === null ? null : readOrder(deps.store, viewer.orderId)\n',
    killedBy: {
      file: returnTest,
      test: 'R-11, P-01: an unknown order and somebody else’s paid order look the same to a viewer who names only the order',
    },
  },
]
