import type { Mutant } from '../mutant.ts'

const core = 'packages/payment-core/src'
const decideTest = `${core}/decision/decide.test.ts`
const journey = 'apps/server/src/journey'

/** What becomes of an order, once, whoever comes first. */
export const recording: readonly Mutant[] = [
  {
    name: 'read, check, write without a guard',
    story: 'Two requests read «not paid yet», both find nothing to stop them, and both write.',
    reports: ['woocommerce/woocommerce-gateway-stripe#1302', 'mollie/WooCommerce#1063'],
    file: 'apps/server/src/store/orders.ts',
    find: ".where(and(eq(orders.orderId, param('orderId')), eq(orders.version, param('before'))))",
    replace: ".where(eq(orders.orderId, param('orderId')))",
    killedBy: {
      file: 'apps/server/src/store/store.sqlite.test.ts',
      test: 'a write at an old version is stale and changes nothing',
    },
  },
  {
    name: 'sleeping instead of guarding',
    story: 'Whoever loses the race waits a little and goes on as if it had won.',
    reports: [],
    file: `${journey}/reconcile/record.ts`,
    find: "  if (outcome === 'stale') return 'stale'\n  for (const { event,",
    replace:
      "  if (outcome === 'stale') await deps.clock.sleep(50, AbortSignal.timeout(1))\n  for (const { event,",
    killedBy: {
      file: `${journey}/journey.test.ts`,
      test: 'K-01, S-06: the answer is not written over what is newer',
    },
  },
  {
    name: 'return and webhook each finish the order',
    story:
      'The return and the webhook both find the payment paid, and each finishes the order: two mails, two shipments.',
    reports: [
      'Automattic/woocommerce-payments#3520',
      'PrestaShopCorp/ps_checkout#1546',
      'mollie/Shopware6#286',
    ],
    file: `${core}/decision/apply-observation.ts`,
    find: "if (payment.standing === null || payment.standing === 'orphan')",
    replace: 'if (payment.cancelledAmount === 0)',
    killedBy: { file: decideTest, test: 'W-04, S-02: the same look again changes nothing' },
  },
  {
    name: 'a same-state transition is an error',
    story: 'A second message finds the order where it wants to bring it, and the state machine throws.',
    reports: ['vendurehq/vendure#3749'],
    file: `${core}/decision/decision-builder.ts`,
    find: 'from === to || isDeclared(',
    replace: 'isDeclared(',
    killedBy: { file: decideTest, test: 'M-15: is surplus and goes back; the first stays kept' },
  },
  {
    name: 'the event leaves outside the winning write',
    story:
      'The shop is told before, or beside, the write that makes it true; the write is undone, the message is not.',
    reports: ['getlago/lago-api#2706'],
    file: 'apps/server/src/store/orders.ts',
    find: '    ...noticeWrites(db, kept.notices, at.nowMs),',
    replace: '    ...(void db.atomically(noticeWrites(db, kept.notices, at.nowMs)), []),',
    killedBy: {
      file: 'apps/server/src/store/store.sqlite.test.ts',
      test: 'a decision is written whole or not at all (S-11)',
    },
  },
  {
    name: '«ready» after «paid» goes back',
    story: 'An answer that was on its way for longer says «ready» and replaces «paid».',
    reports: ['paypal/mirakl-hyperwallet-connector#35'],
    file: `${core}/payment/payment.ts`,
    find: 'status: isBelow(a.status, b.status) ? b.status : a.status,',
    replace: 'status: b.status,',
    killedBy: { file: `${core}/payment/payment.property.test.ts`, test: 'S-06: join only climbs' },
  },
  {
    name: 'the newer of one second is dropped',
    story:
      'Events are ordered by their seconds with «<»: the second one of the same second is taken for old.',
    reports: ['stripe/stripe-cli#418'],
    file: `${core}/payment/payment.ts`,
    find: 'status: isBelow(a.status, b.status) ? b.status : a.status,',
    replace: 'status: (a.details.startedAtMs ?? 0) < (b.details.startedAtMs ?? 0) ? b.status : a.status,',
    killedBy: { file: decideTest, test: 'ready, then paid' },
  },
  {
    name: 'the older of one second overwrites',
    story:
      'Events are ordered by their seconds with «<=»: the first one of the same second, come late, wins.',
    reports: ['stripe/stripe-cli#418'],
    file: `${core}/payment/payment.ts`,
    find: 'status: isBelow(a.status, b.status) ? b.status : a.status,',
    replace: 'status: (a.details.startedAtMs ?? 0) <= (b.details.startedAtMs ?? 0) ? b.status : a.status,',
    killedBy: { file: decideTest, test: 'G-15: a payment shown twice in one look, before and after' },
  },
  {
    name: 'an older answer overwrites a newer one',
    story:
      'What was asked before the order was registered is recorded after it, over what has become known since.',
    reports: ['paypal/mirakl-hyperwallet-connector#35', 'solidusio/solidus_stripe#189'],
    file: `${journey}/reconcile/record-outcome.ts`,
    find: "  if (before !== held.record && before.payments.some(isNews)) return 'stale'\n",
    replace: '',
    killedBy: {
      file: `${journey}/reconcile/record-outcome.test.ts`,
      test: 'S-06, W-06: a lookup that began before its order was registered does not overwrite newer facts',
    },
  },
  {
    name: '«paid» is never undone by «cancelled»',
    story:
      'The order is finished with «paid» and nothing that is heard later reaches it, a cancel in the gateway’s console neither.',
    reports: [],
    file: `${core}/decision/apply-observation.ts`,
    find: 'return classifyPayment(builder, payment, seen)\n  announceCancels(builder, payment, held)\n',
    replace: 'return classifyPayment(builder, payment, seen)\n',
    killedBy: { file: decideTest, test: 'M-11: in part, then in whole' },
  },
  {
    name: 'a failure is for ever',
    story: 'A failure outranks the money that comes after it, or is heard once more and overwrites it.',
    reports: ['tzConnectBerlin/kanvas#197', 'omise/omise-woocommerce#100'],
    file: `${core}/payment/payment.ts`,
    find: "  failed: 'refused or given up',\n  paid: 'the money came',",
    replace: "  paid: 'the money came',\n  failed: 'refused or given up',",
    killedBy: { file: decideTest, test: 'G-11: failed, then paid' },
  },
  {
    name: 'a paid order is expired by a timer',
    story:
      'The job that clears unpaid orders looks at its own books and the clock, and cancels one that was paid.',
    reports: ['woocommerce/woocommerce#20928', 'woocommerce/woocommerce-gateway-stripe#5759'],
    file: `${core}/decision/decide.ts`,
    find: "  if (order.status !== 'open' && order.status !== 'awaiting_deposit') return\n  const payments = builder.payments()\n  if (input.look.by !== 'order' || input.look.beganAtMs < deadlineOf(order, payments)) return\n",
    replace:
      "  if (order.status === 'expired' || input.nowMs < deadlineOf(order, builder.payments())) return\n  const payments: readonly Payment[] = []\n",
    killedBy: { file: decideTest, test: 'V-04: money found by the look after it counts' },
  },
  {
    name: 'an order expires by the clock alone',
    story:
      'The deadline passes while the gateway was last asked before it: the deposit of the last minute is lost.',
    reports: ['patrickkivits/bunq-for-woocommerce#3'],
    file: `${core}/decision/decide.ts`,
    find: "input.look.by !== 'order' || input.look.beganAtMs < deadlineOf(order, payments)",
    replace: 'input.nowMs < deadlineOf(order, payments)',
    killedBy: { file: decideTest, test: 'K-03: a look that began before it concludes nothing' },
  },
  {
    name: 'the account’s own due date is not counted',
    story:
      'The order expires after half an hour, while the customer has until tomorrow to pay into the account.',
    reports: ['patrickkivits/bunq-for-woocommerce#3'],
    file: `${core}/order/order.ts`,
    find: 'Math.max(order.expiresAtMs, ...dues, ',
    replace: 'Math.max(order.expiresAtMs, ',
    killedBy: { file: decideTest, test: 'an issued account extends it to its due time and a grace' },
  },
  {
    name: 'a late payment is shown as success of a dead order',
    story:
      'Money comes after the order was given up: the page says paid, nobody ships, and nobody sends it back.',
    reports: ['woocommerce/woocommerce#11867'],
    file: `${core}/decision/classify-payment.ts`,
    find: "if (order.status !== 'expired') return { standing: 'kept', late: false }",
    replace: "return { standing: 'kept', late: false }",
    killedBy: { file: decideTest, test: 'M-16: money after it: cancel' },
  },
  {
    name: 'a second payment is kept as well',
    story: 'The customer pays twice, in two tabs, and the shop keeps both.',
    reports: ['mollie/PrestaShop#1251'],
    file: `${core}/decision/classify-payment.ts`,
    find: "  if (order.keptPaymentId !== null) return { standing: 'surplus' }\n",
    replace: '',
    killedBy: { file: decideTest, test: 'M-15: is surplus and goes back; the first stays kept' },
  },
  {
    name: 'which of two payments is kept depends on the list',
    story: 'Two payments of one second: each server keeps the one its list shows first.',
    reports: [],
    file: `${core}/decision/decide.ts`,
    find: 'return a.paymentId < b.paymentId ? -1 : 1',
    replace: 'return 0',
    killedBy: { file: decideTest, test: 'G-17: of two that were paid in one second' },
  },
  {
    name: 'acknowledged before it is on the disk',
    story:
      'The database answers before it syncs: after a power cut the order the gateway was told about is gone.',
    reports: [],
    file: 'apps/server/src/store/engines/sqlite.ts',
    find: "raw.pragma('synchronous = FULL')",
    replace: "raw.pragma('synchronous = NORMAL')",
    killedBy: {
      file: 'apps/server/src/store/store.sqlite.test.ts',
      test: 'every connection writes ahead and syncs each commit',
    },
  },
  {
    name: 'a worker that was overtaken still writes',
    story:
      'A server stands still for a minute, another takes its work over, and the first one comes back and writes.',
    reports: [],
    file: 'apps/server/src/store/outbox.ts',
    find: ".where(and(eq(notices.noticeId, param('noticeId')), isHeldBy(notices, param('lease'))))",
    replace: ".where(eq(notices.noticeId, param('noticeId')))",
    killedBy: {
      file: 'apps/server/src/store/store.sqlite.test.ts',
      test: 'a worker whose lease was taken over ends no notice (S-15, K-02)',
    },
  },
]
