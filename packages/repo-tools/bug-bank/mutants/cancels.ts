import type { Mutant } from '../mutant.ts'

const core = 'packages/payment-core/src'
const decideTest = `${core}/decision/decide.test.ts`
const cancelTest = `${core}/refund/decide-cancel.test.ts`
const journey = 'apps/server/src/journey'

/** Money on its way back. */
export const cancels: readonly Mutant[] = [
  {
    name: 'a retry mints a new cancel key',
    story: 'The answer to a refund is lost, and the retry asks under a new key: the money goes back twice.',
    reports: ['medusajs/medusa#16681', 'circlefin/payments-sample-app#35'],
    file: `${journey}/requests/request-refund.ts`,
    find: "createHash('sha256').update(idempotencyKey).digest('base64url').slice(0, 16)",
    replace: 'crypto.randomUUID().slice(0, 16)',
    killedBy: {
      file: `${journey}/requests/request-refund.test.ts`,
      test: 'M-09: a request whose answer was lost, repeated',
    },
  },
  {
    name: 'a cancel is repeated without a look',
    story: 'The gateway did it and its answer was lost; the worker comes back and does it again.',
    reports: ['medusajs/medusa#16681'],
    file: `${journey}/follow-up/execute-refund.ts`,
    find: "  const before = await lookUpPayment(deps, reconcile, row)\n  if (await isSettled(deps, row)) return\n  if (before === null) return retryLater(deps, row, null, 'the payment could not be looked up')\n  const step = nextStep(cancellingOf(row), before,",
    replace:
      "  const before = (await readPayment(deps.store, row.paymentId))?.payment ?? null\n  if (before === null) return retryLater(deps, row, null, 'the payment is not there')\n  const step = nextStep({ ...cancellingOf(row), state: 'requested' }, before,",
    killedBy: {
      file: `${journey}/follow-up/asked-once.test.ts`,
      test: 'M-23: executed after its call timed out: looked up, and not sent again',
    },
  },
  {
    name: 'a cancel without the balance',
    story: 'The gateway offers to check what we believe is left, and is not asked to.',
    reports: [],
    file: 'apps/server/src/gateway/portone-v1/cancel.ts',
    find: '    checksum: units(request.expectedBalance),\n',
    replace: '',
    killedBy: {
      file: 'apps/server/src/gateway/portone-v1/client.test.ts',
      test: 'a cancel names payment, amount and what we believe is left',
    },
  },
  {
    name: 'an own refund is booked twice',
    story: 'The shop refunds, books it, and books it again when the gateway’s webhook tells of it.',
    reports: [
      'woocommerce/woocommerce-gateway-stripe#838',
      'PrestaShopCorp/ps_checkout#331',
      'antiwork/gumroad#6193',
      'solidusio/solidus_stripe#281',
    ],
    file: `${core}/payment/payment.ts`,
    find: 'cancelledAmount: Math.max(a.cancelledAmount, b.cancelledAmount),',
    replace: 'cancelledAmount: a.cancelledAmount + b.cancelledAmount,',
    killedBy: {
      file: `${journey}/requests/request-refund.test.ts`,
      test: 'M-10: our own cancel, repeated by a webhook, is not booked or notified twice',
    },
  },
  {
    name: 'a partial refund is dropped',
    story: 'Only whole refunds have an event; half the money is back and the order says paid.',
    reports: ['artsy/exchange#232', 'woocommerce/woocommerce#22072'],
    file: `${core}/decision/announce-cancels.ts`,
    find: '    const isWhole = total >= amount\n',
    replace: '    const isWhole = total >= amount\n    if (!isWhole) continue\n',
    killedBy: { file: decideTest, test: 'M-11: in part, then in whole' },
  },
  {
    name: 'a partial refund is a whole one',
    story: 'The gateway’s word is «cancelled» for both; the order is closed for 400 of 14,000.',
    reports: ['checkout/checkout-woocommerce-plugin#162'],
    file: `${core}/order/order.ts`,
    find: "return balanceOf(order, payments) > 0 ? 'partially_cancelled' : 'cancelled'",
    replace: "return 'cancelled'",
    killedBy: { file: `${core}/order/order.test.ts`, test: 'the status is a function of what is held' },
  },
  {
    name: 'refunds are matched by their count',
    story: 'As many refunds as before, so nothing is new: one that was replaced by another is not seen.',
    reports: [],
    file: `${core}/payment/payment.ts`,
    find: "return held.cancels.every((cancel) => ids.has(cancel.id)) ? null : 'cancels_vanished'",
    replace: "return held.cancels.length <= ids.size ? null : 'cancels_vanished'",
    killedBy: { file: decideTest, test: 'a cancel was replaced by another of the same sum' },
  },
  {
    name: 'refunds are matched by their place',
    story:
      'The second row is new because it is the second; the list comes in another order, and a sum that never was is announced.',
    reports: [],
    file: `${core}/decision/announce-cancels.ts`,
    find: 'payment.cancels.toSorted((a, b) => Number(known.has(b.id)) - Number(known.has(a.id)))',
    replace: 'payment.cancels',
    killedBy: { file: decideTest, test: 'a total that never was is not announced' },
  },
  {
    name: 'two equal cancels in one second collapse',
    story: 'Refunds are known by time and amount: two of 100 in the same second are one.',
    reports: [],
    file: `${core}/portone-v1/observation.ts`,
    find: 'id: before === 0 ? name : `${name}-${before}`,',
    replace: 'id: name,',
    killedBy: { file: `${core}/portone-v1/observation.test.ts`, test: 'M-12: two alike are two, not one' },
  },
  {
    name: 'the automatic cancel asks for the expected amount',
    story: 'A wrong amount was paid, and what is sent back is what should have been paid.',
    reports: [],
    file: `${core}/refund/refund-intent.ts`,
    find: '    amount,\n    expectedBalance: amount,\n',
    replace: '    amount: order.amount,\n    expectedBalance: amount,\n',
    killedBy: { file: decideTest, test: 'M-01: too little is rejected and goes back once' },
  },
  {
    name: 'the automatic cancel does not ask whose money it is',
    story: 'A payment of no order we know is cancelled: it was another shop’s on the same account.',
    reports: [],
    file: `${core}/decision/orphans.ts`,
    find: 'return { order: null, payments, notices: [], intents: [], executed: [], timeline, proof: null }',
    replace:
      "const intents = payments.filter(({ standing }) => standing === 'orphan').map(({ paymentId, orderId, amounts }) => ({ intentId: `auto-${paymentId}`, orderId, paymentId, amount: amounts[0] ?? 0, expectedBalance: amounts[0] ?? 0, cause: 'rejected' as const, reason: 'unknown', refundAccount: null, taxFree: null, vat: null }))\n  return { order: null, payments, notices: [], intents, executed: [], timeline, proof: null }",
    killedBy: { file: decideTest, test: 'M-17: is held for a person and never goes back by itself' },
  },
  {
    name: 'money goes back on contradictory evidence',
    story: 'The gateway says two things about one payment, and the refund goes by the last.',
    reports: [],
    file: `${core}/refund/decide-cancel.ts`,
    find: "  if (payment.contradiction !== null && !settledByPerson(order.reviews, payment))\n    return fail({ kind: 'under_review', orderId })\n",
    replace: '',
    killedBy: { file: cancelTest, test: 'a payment that contradicts itself is for a person first' },
  },
  {
    name: 'two refunds at once exceed what was paid',
    story: 'Each of two requests sees all the money there, and both are granted.',
    reports: ['juspay/hyperswitch#13182', 'fossasia/eventyay#1405'],
    file: `${core}/refund/decide-cancel.ts`,
    find: ' - waiting.reduce((sum, each) => sum + each.amount, 0)',
    replace: '',
    killedBy: { file: cancelTest, test: 'M-08: what other requests are giving back is no longer left' },
  },
  {
    name: 'a deposit is sent back to no account',
    story: 'A virtual account has no card to return to; the refund is accepted and never arrives.',
    reports: [],
    file: `${core}/refund/decide-cancel.ts`,
    find: "  if (payment.details.method === 'virtual_account' && request.refundAccount === null)\n    return fail({ kind: 'refund_account_needed', orderId })\n",
    replace: '',
    killedBy: { file: cancelTest, test: 'M-13: a deposited account needs an account to go back to' },
  },
  {
    name: 'a refused cancel is tried for ever',
    story: 'The gateway will not, every few hours, and no person ever hears of it.',
    reports: ['the-momentum/open-wearables#1053'],
    file: `${core}/refund/cancelling.ts`,
    find: 'return { delayMs, needsPerson: isTooLate || refusals >= REFUSALS_BEFORE_PERSON }',
    replace: 'return { delayMs: 6 * HOUR_MS, needsPerson: false }',
    killedBy: {
      file: `${journey}/follow-up/execute-refund.test.ts`,
      test: 'M-14: refused every time: retried daily for a week, then no more; one review stays open',
    },
  },
  {
    name: 'the console’s cancel sends it back once more',
    story: 'Part of a wrong payment went back by hand, and the automatic cancel asks for the whole of it.',
    reports: [],
    file: `${core}/payment/payment.ts`,
    find: 'heldMoney(facts) ? Math.max(0, amountOf(facts) - facts.cancelledAmount) : 0',
    replace: 'heldMoney(facts) ? amountOf(facts) : 0',
    killedBy: { file: decideTest, test: 'M-10: what went back in the gateway’s console already' },
  },
]
