import type { Mutant } from '../mutant.ts'

const core = 'packages/payment-core/src'
const screenTest = `${core}/screen/screen.test.ts`
const returnsTest = `${core}/order/returns.test.ts`
const journey = 'apps/server/src/journey'
const notifyTest = `${journey}/follow-up/notify.test.ts`
const outbox = 'apps/server/src/store/outbox.ts'
const web = 'apps/web/src'

/** What the shop hears and the customer reads. */
export const telling: readonly Mutant[] = [
  {
    name: 'notices are fired and forgotten',
    story: 'The message to the shop is sent once, and whatever comes back counts as heard.',
    reports: ['couchbase/sync_gateway#806'],
    file: `${journey}/follow-up/notify.ts`,
    find: 'if (status !== null && status >= 200 && status < 300) {',
    replace: 'if (status !== null || atMs > 0) {',
    killedBy: { file: notifyTest, test: 'N-05: 503 with Retry-After is not tried sooner' },
  },
  {
    name: 'a redirect is success',
    story: 'The shop’s address has moved and answers 301 with a page; the notice counts as delivered.',
    reports: [],
    file: `${journey}/follow-up/notify.ts`,
    find: 'if (status !== null && status >= 200 && status < 300) {',
    replace: 'if (status !== null && status >= 200 && status < 400) {',
    killedBy: { file: notifyTest, test: 'a redirect is a refusal: it is not followed (S-14)' },
  },
  {
    name: 'a row that exists is taken as sent',
    story:
      'The row is written before the message is sent; the process dies in between, and the row says that it was.',
    reports: [],
    file: outbox,
    find: '      lastAnswer: null,\n      answers: null,\n      dueAtMs: nowMs,',
    replace: '      lastAnswer: null,\n      answers: null,\n      dueAtMs: NEVER_MS,',
    killedBy: {
      file: notifyTest,
      test: 'N-09: the process dies before the first attempt: the notice is sent after the restart',
    },
  },
  {
    name: 'a replay is marked as done and not delivered',
    story: 'An operator sends a message again: the list says «delivered», and nothing was.',
    reports: [],
    file: outbox,
    find: "const again = { state: 'waiting', dueAtMs: nowMs, attempts: 0, ...unleased }",
    replace: "const again = { state: 'delivered', dueAtMs: NEVER_MS, attempts: 0, ...unleased }",
    killedBy: {
      file: notifyTest,
      test: 'told again, on sqlite > N-01: a parked notice is replayed by its id',
    },
  },
  {
    name: 'a later state is announced first',
    story: 'Messages are sent side by side: the shop hears «cancelled», then «paid», and ships.',
    reports: ['reapit/foundations#9608'],
    file: outbox,
    find: ".where(and(isAvailable(notices, param('nowMs')), isNext))",
    replace: ".where(isAvailable(notices, param('nowMs')))",
    killedBy: {
      file: 'apps/server/src/store/store.sqlite.test.ts',
      test: 'of one order only the earliest that waits is taken (N-04)',
    },
  },
  {
    name: 'a notice’s id is made of when it was found',
    story:
      'The same news found by another way, or after a restored backup, has another id: the shop cannot tell it is a repeat.',
    reports: [],
    file: `${core}/notice/notice.ts`,
    find: 'id: noticeId(type, order.orderId, payment?.paymentId ?? null, input.mark),',
    replace: 'id: noticeId(type, order.orderId, payment?.paymentId ?? null, input.timestamp),',
    killedBy: {
      file: `${journey}/journey.test.ts`,
      test: 'S-12: the notice’s id depends on what is announced alone',
    },
  },
  {
    name: 'a secret is rotated and the shop refuses all',
    story: 'Messages are signed with the new secret alone while the shop still checks with the old one.',
    reports: [],
    file: `${journey}/follow-up/notice-request.ts`,
    find: 'secrets.map((secret) => new Webhook(secret).sign(id, at, body))',
    replace: 'secrets.slice(0, 1).map((secret) => new Webhook(secret).sign(id, at, body))',
    killedBy: {
      file: notifyTest,
      test: 'N-06: the notice says what is recorded, is signed with every live secret',
    },
  },
  {
    name: 'the back button turns paid into failed',
    story:
      'The customer goes back after paying, the window says «cancelled», and the page of a paid order says failed.',
    reports: ['woocommerce/woocommerce#21670', 'woocommerce/woocommerce#30399', 'PAYONE-GmbH/magento-1#174'],
    file: `${core}/screen/screen-of.ts`,
    find: '  const kept = keptOf(order, payments)\n  const payment = linesOf(kept)\n',
    replace:
      "  if (newestReturn(order)?.says === 'failure') return unpaidScreen(order, [], head, nowMs)\n  const kept = keptOf(order, payments)\n  const payment = linesOf(kept)\n",
    killedBy: { file: screenTest, test: 'R-02: a failure claimed of money that came is shown as paid' },
  },
  {
    name: 'a stuck payment fails after so many polls',
    story: 'The page asks so many times, gives up and says failed; the approval comes a minute later.',
    reports: [],
    file: `${core}/order/returns.ts`,
    find: 'said.looks >= SETTLE_LOOKS_MIN && nowMs >= settlesAt(said, laterMs)',
    replace: 'said.looks >= SETTLE_LOOKS_MIN',
    killedBy: { file: returnsTest, test: 'ten seconds for a failure, three minutes for no flag' },
  },
  {
    name: 'a time-out is recorded as failed',
    story: 'The gateway does not answer, so the payment is written down as failed; the customer pays again.',
    reports: [],
    file: `${journey}/reconcile/reschedule.ts`,
    find: 'const returns = withReturn(before.order.returns, returnAmong(context.triggers, before.order.orderId))',
    replace:
      'const returns = withReturn(before.order.returns, returnAmong(context.triggers, before.order.orderId)).map((each) => ({ ...each, looks: each.looks + 2 }))',
    killedBy: { file: `${journey}/journey.test.ts`, test: 'S-20: two looks, not ten seconds alone' },
  },
  {
    name: 'no answer is an empty answer',
    story: 'A look-up that timed out found no payments, and an order without payments is expired.',
    reports: [],
    file: 'apps/server/src/gateway/portone-v1/client.ts',
    find: "const answer = await call({ method: 'GET', path })\n    if (!answer.ok) return answer",
    replace: "const answer = await call({ method: 'GET', path })\n    if (!answer.ok) return ok([])",
    killedBy: {
      file: `${journey}/journey.test.ts`,
      test: 'V-04, S-20: past its deadline an order expires only',
    },
  },
  {
    name: 'a gateway that asks to wait is asked again at once',
    story: '429 says when to come again, and the next call comes at once: the account is blocked.',
    reports: [],
    file: `${journey}/reconcile/gateway-budget.ts`,
    find: "    if (!answer.ok && answer.problem.kind === 'gateway_busy') await permits.pause(answer.problem.retryAfterMs)\n",
    replace: '',
    killedBy: {
      file: `${journey}/reconcile/gateway-budget.test.ts`,
      test: 'G-13: a 429 pauses every server for as long as it asks',
    },
  },
  {
    name: 'a state in passing is shown as failure',
    story: 'The gateway still says «ready» when the browser is back, and the page says «payment failed».',
    reports: ['testomatio/app#400'],
    file: `${core}/screen/screen-of.ts`,
    find: '  if (sinceMs !== null) return confirming(sinceMs)\n',
    replace: '',
    killedBy: { file: screenTest, test: 'after a return that says nothing' },
  },
  {
    name: '«pay again» while the money is there',
    story: 'A person is looking at a payment, and the page offers to pay once more.',
    reports: [],
    file: `${core}/order/current-payment.ts`,
    find: 'payments.some(heldMoney)',
    replace: 'payments.some((payment) => heldMoney(payment) && payment.cancelledAmount > 0)',
    killedBy: {
      file: screenTest,
      test: 'M-32: a number that was ever paid is not offered for another payment > after last year’s money',
    },
  },
  {
    name: 'a claimed success is taken back by anybody',
    story:
      'A later «failed» about the same try replaces the customer’s first return: they are told to pay again.',
    reports: [],
    file: `${core}/order/returns.ts`,
    find: "(before.says === 'success' || returned.atMs <= before.atMs)",
    replace: 'returned.atMs <= before.atMs',
    killedBy: { file: returnsTest, test: 'S-22: a claimed success is not taken back' },
  },
  {
    name: 'a return of the same moment replaces the one before',
    story: 'Two returns in one millisecond: which is remembered depends on who wrote last.',
    reports: [],
    file: `${core}/order/returns.ts`,
    find: "before.says === 'success' || returned.atMs <= before.atMs",
    replace: "before.says === 'success' || returned.atMs < before.atMs",
    killedBy: { file: returnsTest, test: 'of two of one moment the one that is held stays' },
  },
  {
    name: 'success is shown when loading failed',
    story: 'The page is written for the good case, and a failed request leaves it standing.',
    reports: [],
    file: `${web}/result-view.ts`,
    find: "  kind: 'checking',\n  scope: 'full',\n  order: null,\n  because: 'confirming',\n  sinceMs: null,",
    replace: "  kind: 'paid',\n  scope: 'full',\n  order: null,\n  payment: null,\n  goesBack: 0,",
    killedBy: { file: `${web}/result-view.test.ts`, test: 'S-22: before the first answer' },
  },
  {
    name: 'an answer that was overtaken is shown',
    story:
      'Two requests are under way, the older answer arrives last, and «paid» turns back into «checking».',
    reports: [],
    file: `${web}/visit.ts`,
    find: 'const newest = visit.shown !== null && visit.shown.atMs > shown.atMs ? visit.shown : shown',
    replace: 'const newest = shown',
    killedBy: { file: `${web}/visit.test.ts`, test: 'of two answers the one read later counts' },
  },
  {
    name: 'a page from the browser’s memory is believed',
    story: 'The customer comes back to the page by the back button, and it shows what was true an hour ago.',
    reports: [],
    file: `${web}/visit.ts`,
    find: "    case 'restored':\n      return { ...visit, follow: { at: 'asking' }, misses: 0 }",
    replace: "    case 'restored':\n      return visit",
    killedBy: {
      file: `${web}/visit.test.ts`,
      test: 'P-07: a page from the back-forward cache asks again',
    },
  },
]
