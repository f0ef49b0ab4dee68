import type { Mutant } from '../mutant.ts'

const core = 'packages/payment-core/src'
const gateway = 'apps/server/src/gateway'
const journey = 'apps/server/src/journey'
const evidenceTest = `${journey}/reconcile/evidence.test.ts`
const onceTest = `${journey}/follow-up/asked-once.test.ts`

/** Whose money it is, and what is asked of the gateway for it: evidence first, and once. */
export const evidence: readonly Mutant[] = [
  {
    name: 'last year’s payment is kept',
    story:
      'The order’s number was paid a year ago; it is registered again, nobody pays, and a moment later it is paid.',
    reports: [],
    file: `${core}/decision/evidence.ts`,
    find: "  if (isOfEarlierLife(order, facts)) return 'predates_order'\n",
    replace: '',
    killedBy: {
      file: evidenceTest,
      test: 'M-21: the number was paid a year ago, and nobody pays now: open, and a person called (sqlite)',
    },
  },
  {
    name: 'last year’s returned payment kills the order',
    story:
      'What is back needs no judge: a payment of last year, returned last year, is this order’s, and the order is cancelled.',
    reports: [],
    file: `${core}/decision/classify-payment.ts`,
    find: 'const doubt = doubtAbout(order, payment, input.evidence)',
    replace: 'const doubt = remainderOf(payment) === 0 ? null : doubtAbout(order, payment, input.evidence)',
    killedBy: { file: evidenceTest, test: 'M-21: the number was paid and returned a year ago' },
  },
  {
    name: 'a number that is another’s is taken for an outage',
    story:
      'The gateway says that the number is fixed at another amount, and the shop is told no more than that its own was not.',
    reports: [],
    file: `${gateway}/portone-v1/client.ts`,
    find: "return ok({ kind: sameMoney(held.value.money, money) ? 'held' : 'conflict' })",
    replace: "return sameMoney(held.value.money, money) ? ok({ kind: 'held' }) : fixed",
    killedBy: {
      file: evidenceTest,
      test: 'M-22: the number is fixed at another amount: told to the shop, and their money is left alone (sqlite)',
    },
  },
  {
    name: 'a lost answer is taken for an amount that was not fixed',
    story:
      'The gateway fixed the amount and its answer was lost; another shop’s customer pays another sum, which is sent back as a forged one.',
    reports: [],
    file: `${journey}/reconcile/fix-amount.ts`,
    find: "fixed.value.kind === 'held' ? registeredAtMs : fixedSince(deps, fixed.value.atMs, askedAtMs)",
    replace: 'askedAtMs',
    killedBy: { file: evidenceTest, test: 'M-22: the answer that it is fixed was lost' },
  },
  {
    name: 'another sum is a forged window, whoever paid it',
    story: 'Somebody else uses the number with an amount of his own: what his customer paid is sent back.',
    reports: [],
    file: `${core}/decision/evidence.ts`,
    find: "return cameThroughOurWindow(order, facts, evidence) ? null : 'amount_conflict'",
    replace: 'return null',
    killedBy: {
      file: evidenceTest,
      test: 'M-22: another sum came although ours was fixed when it began: not through our window',
    },
  },
  {
    name: 'an amount that was fixed afterwards proves it',
    story:
      'The amount could not be fixed before the window opened, only afterwards, and then speaks against the payment that came through it.',
    reports: [],
    file: `${core}/decision/evidence.ts`,
    find: 'return isOurs && (order.amountFixedAtMs ?? 0) > begun + FIXING_ALLOWANCE_MS',
    replace: 'return false',
    killedBy: {
      file: evidenceTest,
      test: 'M-22: an amount that was fixed only afterwards proves nothing: the forged payment goes back',
    },
  },
  {
    name: 'money without a time is sent back',
    story: 'The row says neither when it was begun nor when it was paid, and is taken for a second payment.',
    reports: [],
    file: `${core}/decision/classify-payment.ts`,
    find: "begunAtMs(payment) === null && found.standing !== 'kept'",
    replace: "begunAtMs(payment) === 0 && found.standing !== 'kept'",
    killedBy: { file: evidenceTest, test: 'G-20, S-23: money that tells no time of its own' },
  },
  {
    name: 'a discounted payment is sent back',
    story: 'What was charged and what the PG gave as a discount are the price, and the money is sent back.',
    reports: [],
    file: `${core}/decision/evidence.ts`,
    find: "if (full === order.amount && currencyOf(facts) === order.currency) return 'discounted'",
    replace: 'if (full === order.amount && currencyOf(facts) === order.currency) return null',
    killedBy: { file: evidenceTest, test: 'M-29: amount and discount are the order’s: a person decides' },
  },
  {
    name: 'a new try pays an order of last year',
    story: 'Late money is welcome by policy, however late: an order that expired a year ago is paid today.',
    reports: [],
    file: `${core}/decision/classify-payment.ts`,
    find: "policy.onLate === 'accept' && isSoonEnough(order, payment, policy, nowMs)",
    replace: "policy.onLate === 'accept'",
    killedBy: {
      file: evidenceTest,
      test: 'a new try for an order that expired a year ago is not its payment',
    },
  },
  {
    name: 'an accepted cancel is sent again at once',
    story:
      'The gateway said yes and books it six seconds later; the record shows nothing yet, and it is asked again.',
    reports: [],
    file: `${core}/refund/cancelling.ts`,
    find: "  if (row.state === 'accepted') return afterAcceptance(row, nowMs)\n",
    replace: '',
    killedBy: {
      file: onceTest,
      test: 'M-23: accepted, and booked six seconds later: one request, and done when it is seen (sqlite)',
    },
  },
  {
    name: 'a record that lags fails the cancel for ever',
    story:
      'The record shows the cancel only after somebody was called for it; it stays failed, and a new key returns the money twice.',
    reports: [],
    file: `${core}/decision/match-refunds.ts`,
    find: '      builder.executed.push(refund.intentId)\n',
    replace: '      builder.executed.push()\n',
    killedBy: {
      file: onceTest,
      test: 'M-23: booked a day later: a person sees it meanwhile, and it is done when the record shows it (M-25)',
    },
  },
  {
    name: 'silence is taken for a no',
    story:
      'A cancel whose answer never came is sent again two seconds later, while the first is still being done.',
    reports: [],
    file: `${core}/refund/cancelling.ts`,
    find: 'if (isLate && unchangedLooks >= unchangedLooksFor(settleMs)) return sendStep(row, payment)',
    replace: 'if (unchangedLooks >= 0) return sendStep(row, payment)',
    killedBy: {
      file: onceTest,
      test: 'M-23: an unanswered refund is sent again only after two lookups ten minutes apart show an unchanged record, with the balance',
    },
  },
  {
    name: 'more than was asked goes back unnoticed',
    story: 'Asked for 3,000 the PG returns 10,000, and the refund of 3,000 is done.',
    reports: [],
    file: `${core}/decision/match-refunds.ts`,
    find: 'if (booked.length > 1 || sum > refund.amount)',
    replace: 'if (booked.length > 1)',
    killedBy: {
      file: onceTest,
      test: 'M-24: the gateway refunds more than requested: a review with both amounts',
    },
  },
  {
    name: 'a cancel that is booked twice is done',
    story: 'The gateway’s list shows two cancels under one mark, and nobody counts them.',
    reports: [],
    file: `${core}/decision/match-refunds.ts`,
    find: 'if (booked.length > 1 || sum > refund.amount)',
    replace: 'if (booked.every((each) => each > refund.amount) && sum > refund.amount)',
    killedBy: { file: onceTest, test: 'M-24: the gateway books the refund twice under our id: a review' },
  },
  {
    name: 'five refusals in fifteen seconds give up',
    story:
      'The settlement is short for now; five quick tries later nobody asks any more, and next day the money is there.',
    reports: [],
    file: `${core}/refund/cancelling.ts`,
    find: '.map((hours) => hours * HOUR_MS)',
    replace: '.slice(6).map(() => 3 * SECOND_MS)',
    killedBy: {
      file: onceTest,
      test: 'M-27: five refusals for insufficient settlement in 15 s: retried the next day, and done',
    },
  },
  {
    name: 'an account that cannot be closed calls a person',
    story:
      'The PG closes accounts only with a key of its own; the paid order stands before an operator as a failed cancel.',
    reports: [],
    file: `${journey}/follow-up/execute-refund.ts`,
    find: "if ((await noteNotClosed(deps, row, text)) === 'stale')",
    replace: "if ((await callPerson(deps, row, payment, text)) === 'stale')",
    killedBy: { file: onceTest, test: 'V-10: an account that its PG does not close is a note' },
  },
  {
    name: 'a refund without its tax-free part',
    story: 'The goods were free of tax, the refund does not say so, and the PG refuses it.',
    reports: [],
    file: `${gateway}/portone-v1/cancel.ts`,
    find: '    ...(request.taxFree === null ? {} : { tax_free: units(request.taxFree) }),\n    ...(request.vat === null ? {} : { vat_amount: units(request.vat) }),\n',
    replace: '',
    killedBy: {
      file: onceTest,
      test: 'M-28: tax-free goods on kcp: the parts are sent, in proportion where we decide',
    },
  },
  {
    name: 'a part of the money has all of the tax',
    story: 'A refund of half the order names the tax-free part of the whole of it.',
    reports: [],
    file: `${core}/money/tax-parts.ts`,
    find: 'null : proportion(share, amount, whole)',
    replace: 'null : share',
    killedBy: {
      file: `${core}/refund/decide-cancel.test.ts`,
      test: 'go with all of it, or in the order’s own proportion',
    },
  },
]
