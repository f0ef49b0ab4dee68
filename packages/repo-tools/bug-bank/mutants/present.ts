import type { Mutant } from '../mutant.ts'

const core = 'packages/payment-core/src'
const journey = 'apps/server/src/journey'
const presentTest = `${journey}/reconcile/present.test.ts`
const returnTest = `${journey}/receive/return.test.ts`

/** Who may speak on a customer’s page, what it says, and what the shop hears: what is true now. */
export const present: readonly Mutant[] = [
  {
    name: 'a stranger’s token speaks for the customer',
    story:
      'An order’s number gives anybody a token; with it a flag *false* and a text stand on the customer’s page.',
    reports: [],
    file: `${journey}/receive/return.ts`,
    find: 'const accepted = await journey.acceptClaim({ ...idsOnly(read), orderId: null, paymentId }, viewer.orderId)',
    replace:
      'const accepted = await journey.acceptClaim({ ...read, orderId: viewer.orderId, paymentId }, viewer.orderId)',
    killedBy: {
      file: presentTest,
      test: 'R-22: a stranger’s link to somebody’s order says nothing on it: no flag, no text, no *pay again* (sqlite)',
    },
  },
  {
    name: 'one order’s link speaks for another',
    story: 'A return through the link of one order names another’s payment, and its words stand there.',
    reports: [],
    file: `${journey}/reconcile/lookup-context.ts`,
    find: "claim?.source === 'return' && claim.orderId === orderId)",
    replace: "claim?.source === 'return' && orderId !== '')",
    killedBy: { file: presentTest, test: 'R-22: another order’s link makes no claim about this order' },
  },
  {
    name: 'a preview’s visit settles the order',
    story:
      'A messenger opens the link without a word, and three minutes later the page says *not completed*.',
    reports: [],
    file: `${journey}/receive/return.ts`,
    find: 'const claim = isEmpty(fields) ? idsOnly(read) : read',
    replace: 'const claim = read',
    killedBy: {
      file: presentTest,
      test: 'R-23: a URL without a query is a preview’s: it shows the page and settles nothing',
    },
  },
  {
    name: 'only the newest try is looked at',
    story: 'One tab’s money is on its way, the other tab’s card is refused: the page offers to pay again.',
    reports: [],
    file: `${core}/order/current-payment.ts`,
    find: '  const tries = payments.filter((payment) => mayStillPay(order, payment, nowMs))\n',
    replace:
      '  const newest = currentPayment(order, payments)\n  const tries = newest !== null && mayStillPay(order, newest, nowMs) ? [newest] : []\n',
    killedBy: { file: presentTest, test: 'R-25: one tab’s success is still being approved' },
  },
  {
    name: 'an order expires in spite of a claimed success',
    story:
      'The customer comes back just before the deadline and has paid; the page says *expired*, the money comes.',
    reports: [],
    file: `${core}/order/order.ts`,
    find: ', ...order.returns.map((each) => waitsFor(order, payments, each)))',
    replace: ')',
    killedBy: { file: presentTest, test: 'R-26: success is claimed just before the deadline' },
  },
  {
    name: 'a late approval is given up in three minutes',
    story: 'PayPal approves after ten minutes; after three the page says *failed, pay again*.',
    reports: [],
    file: `${core}/order/current-payment.ts`,
    find: "details.approval === 'later' ? LATER_APPROVAL_MS : 0",
    replace: '0',
    killedBy: {
      file: presentTest,
      test: 'R-27: paypal_v2 approves minutes after a return with ids alone: checking, then paid',
    },
  },
  {
    name: '«pay again» for a number that is spent',
    story:
      'What was once paid is refused by the gateway for ever: *pay again* leads to the same screen, again and again.',
    reports: [],
    file: `${core}/order/current-payment.ts`,
    find: 'payments.some(heldMoney)',
    replace: 'payments.some((payment) => heldMoney(payment) && payment.cancelledAmount === 0)',
    killedBy: {
      file: `${core}/screen/screen.test.ts`,
      test: 'M-32: a number that was ever paid is not offered for another payment > after money that went back',
    },
  },
  {
    name: 'a return of money is promised that nobody makes',
    story:
      'The gateway refuses to send the second payment back, and the page says: it goes back to you, nothing to do.',
    reports: [],
    file: `${core}/screen/screen-of.ts`,
    find: '.filter(({ paymentId }) => isWithShop(order, paymentId) === wanted)',
    replace: '.filter(() => !wanted)',
    killedBy: {
      file: `${core}/screen/screen.test.ts`,
      test: 'R-25, L-11: what the gateway refuses to send back',
    },
  },
  {
    name: '«paid» is told of money that came and went',
    story: 'Paid and cancelled in the console before anybody looked: the shop hears *paid*, and packs.',
    reports: [],
    file: `${core}/decision/classify-payment.ts`,
    find: '  if (remainderOf(kept) > 0)\n    builder.announce({',
    replace: '  builder.announce({',
    killedBy: {
      file: presentTest,
      test: 'paid and cancelled in the console before anybody looked: told as its end alone (sqlite)',
    },
  },
  {
    name: 'an account that was called off unpaid was paid',
    story:
      'A virtual account is cancelled, `paid_at` is 0, and the shop hears that the order was paid and returned.',
    reports: [],
    file: `${core}/portone-v1/observation.ts`,
    find: "row.status === 'cancelled' && row.pay_method === 'vbank' && row.paid_at === 0",
    replace: "row.status === 'cancelled' && row.pay_method === 'vbank' && row.paid_at < 0",
    killedBy: {
      file: presentTest,
      test: 'an account closed before a deposit never held money',
    },
  },
  {
    name: '«cancelled» is told of money that was not kept',
    story: 'The second of two payments is back: the shop hears *payment.cancelled* of an order that is paid.',
    reports: [],
    file: `${core}/decision/announce-cancels.ts`,
    find: "    type: 'payment.returned',\n",
    replace: "    type: 'payment.cancelled',\n",
    killedBy: {
      file: presentTest,
      test: 'two windows, both paid: the payment that is not kept is *returned*, and the order stays paid',
    },
  },
  {
    name: 'a contradiction is frozen for ever',
    story: 'Paid, once *ready*, paid again: a replica was behind, and no refund is possible any more.',
    reports: [],
    file: `${core}/decision/apply-observation.ts`,
    find: '    contradiction: null,\n',
    replace: '    contradiction: held?.contradiction ?? null,\n',
    killedBy: { file: `${core}/decision/decide.test.ts`, test: 'G-18: paid, ready twice for longer, paid' },
  },
  {
    name: 'a stranger’s words on a customer’s screen',
    story:
      'A return that only names an order is taken for its own: a stranger’s «failed» stands on the customer’s page.',
    reports: [],
    file: `${journey}/receive/return.ts`,
    find: 'const claimed = { ...idsOnly(read), orderId: null }',
    replace: 'const claimed = { ...read, orderId }',
    killedBy: {
      file: returnTest,
      test: 'R-14, S-09: text in a return without the order’s link never appears on the order’s screen',
    },
  },
]
