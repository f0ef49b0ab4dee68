import type { Mutant } from '../mutant.ts'

const core = 'packages/payment-core/src'
const decideTest = `${core}/decision/decide.test.ts`
const observationTest = `${core}/portone-v1/observation.test.ts`
const gateway = 'apps/server/src/gateway'

/** How much, in what, and from where the number is taken. */
export const money: readonly Mutant[] = [
  {
    name: 'the amount is not compared',
    story: 'The gateway says paid, and nobody looks how much: an order of 14,000 is paid with 100.',
    reports: ['Adyen/adyen-prestashop#156', 'island-is/island.is#18857', 'licson/beefyasian-pay#18'],
    file: `${core}/decision/classify-payment.ts`,
    find: "return amountOf(payment) === order.amount ? null : 'amount'",
    replace: 'return null',
    killedBy: { file: decideTest, test: 'M-01: too little is rejected and goes back once' },
  },
  {
    name: 'more is as good as enough',
    story: 'The amount is compared with «at least»: what the customer paid too much stays.',
    reports: ['blockonomics/shopping-cart-demo#3'],
    file: `${core}/decision/classify-payment.ts`,
    find: "return amountOf(payment) === order.amount ? null : 'amount'",
    replace: "return amountOf(payment) >= order.amount ? null : 'amount'",
    killedBy: { file: decideTest, test: 'M-01: too much is rejected and goes back once' },
  },
  {
    name: 'loose equality on amounts',
    story: 'Amounts are compared as floats within a tolerance, and one won is within it.',
    reports: [],
    file: `${core}/decision/classify-payment.ts`,
    find: "return amountOf(payment) === order.amount ? null : 'amount'",
    replace: "return Math.abs(amountOf(payment) - order.amount) <= 1 ? null : 'amount'",
    killedBy: { file: decideTest, test: 'M-01: too little is rejected and goes back once' },
  },
  {
    name: 'a text is taken for an amount',
    story: 'The amount comes as a string and `==` makes a number of it; so it does of `""`.',
    reports: [],
    file: `${core}/portone-v1/wire.ts`,
    find: '  amount: z.number(),\n  cancel_amount: z.number(),',
    replace: '  amount: z.coerce.number(),\n  cancel_amount: z.coerce.number(),',
    killedBy: { file: observationTest, test: 'G-08: amount a string' },
  },
  {
    name: 'money is rounded',
    story: '14,000.5 won become 14,001 on the way in: floats are rounded into an answer nobody gave.',
    reports: [],
    file: `${core}/portone-v1/amounts.ts`,
    find: 'Math.abs(minor - nearest) < Math.min(nearest * FLOAT_ERROR_SHARE, FLOAT_ERROR_MAX)',
    replace: 'nearest > 0',
    killedBy: { file: observationTest, test: 'G-08: a fraction of a won' },
  },
  {
    name: 'the currency is ignored',
    story: '14,000 of another currency are as good as 14,000 won.',
    reports: ['naglis/misc-addons#14'],
    file: `${core}/decision/classify-payment.ts`,
    find: "  if (currencyOf(payment) !== order.currency) return 'currency'\n",
    replace: '',
    killedBy: { file: decideTest, test: 'M-02: another currency is rejected and goes back once' },
  },
  {
    name: 'every currency has cents',
    story: 'The won has no minor unit: a refund asks for a hundredth, or a hundredfold.',
    reports: [
      'woocommerce/woocommerce-gateway-stripe#435',
      'antiwork/gumroad#3749',
      'stripe/stripe-sfcc-b2c-connector#31',
    ],
    file: `${core}/money/minor-digits.ts`,
    find: "'JPY', 'KMF', 'KRW', 'PYG'].map((code) => [code, 0] as const)",
    replace: "'JPY', 'KMF', 'KRW', 'PYG'].map((code) => [code, 2] as const)",
    killedBy: { file: `${core}/money/money.test.ts`, test: 'the won and the yen have no minor unit' },
  },
  {
    name: 'the test channel is not looked at',
    story: 'A payment made with the gateway’s test keys is paid like any other: goods for nothing.',
    reports: [],
    file: `${core}/decision/classify-payment.ts`,
    find: "  if (payment.testChannel && !policy.allowTestChannel) return 'channel'\n",
    replace: '',
    killedBy: { file: decideTest, test: 'G-12: a test channel is rejected and goes back once' },
  },
  {
    name: 'the amount is taken from the browser',
    story: 'What the page sends along as price becomes the order’s price.',
    reports: [],
    file: 'apps/server/src/http/trpc/shop.ts',
    find: '.mutation(async ({ ctx, input }) => unwrap(await checkout(ctx.journey, input))),',
    replace:
      '.mutation(async ({ ctx, input, getRawInput }) => ({ ...unwrap(await checkout(ctx.journey, input)), ...Object(await getRawInput()) })),',
    killedBy: {
      file: 'apps/server/src/http/trpc/trpc.test.ts',
      test: 'the price is the server’s, whatever the browser',
    },
  },
  {
    name: 'an order is registered anew with another amount',
    story: 'The same order id comes again with another price, and the first is overwritten or forgotten.',
    reports: [],
    file: 'packages/payment-core/src/order/changed-terms.ts',
    find: "  if (order.amount !== input.amount) return fail({ kind: 'order_conflict', orderId, field: 'amount' })\n",
    replace: '',
    killedBy: {
      file: 'apps/server/src/journey/journey.test.ts',
      test: 'M-04: the same order again gives the same',
    },
  },
  {
    name: 'a discount makes a payment too small',
    story:
      'The card company gives 1,000 off, and the charge is compared with the price: a good payment is sent back.',
    reports: [],
    file: `${core}/decision/classify-payment.ts`,
    find: "return amountOf(payment) === order.amount ? null : 'amount'",
    replace: "return amountOf(payment) - (payment.details.discount ?? 0) === order.amount ? null : 'amount'",
    killedBy: { file: decideTest, test: 'M-19: a discount does not make a payment too small' },
  },
  {
    name: 'an id goes into the address as it is',
    story: '`imp_1/../../users` in the query becomes another call to the gateway, with our token.',
    reports: [],
    file: `${gateway}/portone-v1/client.ts`,
    find: 'path: `/payments/${encodeURIComponent(paymentId)}?include_sandbox=true`',
    replace: 'path: `/payments/${paymentId}?include_sandbox=true`',
    killedBy: {
      file: `${gateway}/portone-v1/client.test.ts`,
      test: 'ids are percent-encoded, whatever they are',
    },
  },
  {
    name: 'HTTP 200 is success',
    story: 'The gateway answers 200 with `code: -1`, and the refund that was refused counts as done.',
    reports: [],
    file: `${gateway}/portone-v1/answer.ts`,
    find: 'if (answer.status >= 300 || envelope.data.code !== 0)',
    replace: 'if (answer.status >= 300)',
    killedBy: {
      file: `${gateway}/portone-v1/client.test.ts`,
      test: '200 with a code is a failure with its reason (G-05)',
    },
  },
  {
    name: 'somebody else’s 404 makes a payment unknown',
    story: 'A proxy, or the token door, says 404; the payment is taken for one that never was.',
    reports: [],
    file: `${gateway}/portone-v1/answer.ts`,
    find: 'if (answer.status === 404 && requestedId !== null)',
    replace: "if (answer.status === 404) return fail({ kind: 'unknown_payment', asked: requestedId ?? '' })",
    killedBy: {
      file: `${gateway}/portone-v1/client.test.ts`,
      test: 'a token door that says 404 does not make payments',
    },
  },
  {
    name: 'the newest try hides the paid one',
    story:
      'The order is asked for and its newest try counts: an abandoned window after the payment hides the money.',
    reports: ['omise/omise-woocommerce#161'],
    file: `${gateway}/portone-v1/client.ts`,
    find: 'if (read.value.next === 0) return ok(onePerPayment(found))',
    replace: 'if (read.value.next === 0) return ok(onePerPayment(found).slice(0, 1))',
    killedBy: {
      file: 'apps/server/src/journey/journey.test.ts',
      test: 'G-17: a later abandoned try does not hide the earlier paid one',
    },
  },
  {
    name: 'two machines’ clocks are compared',
    story:
      'The token’s end is the gateway’s time, and is compared with ours: an hour of drift, and every call is refused.',
    reports: [],
    file: `${gateway}/portone-v1/token.ts`,
    find: '(expiredAt - now) * 1000 - RENEW_BEFORE_MS',
    replace: 'expiredAt * 1000 - nowMs() - RENEW_BEFORE_MS',
    killedBy: {
      file: `${gateway}/portone-v1/client.test.ts`,
      test: 'a token is renewed before it ends, by the gateway’s',
    },
  },
  {
    name: 'not happened is 1970',
    story:
      'The gateway writes 0 for «not yet», and the page says that the deposit was due on 1 January 1970.',
    reports: [],
    file: `${core}/portone-v1/observation.ts`,
    find: 'seconds === null || seconds === 0',
    replace: 'seconds === null',
    killedBy: { file: observationTest, test: 'V-07: zero and absent are never 1970' },
  },
  {
    name: 'the first webhook is taken as a virtual account',
    story:
      'The first message about an order is «ready», so it must be an account: the customer of an open card window is told to transfer money.',
    reports: [],
    file: `${core}/portone-v1/observation.ts`,
    find: "return row.pay_method === 'vbank' && isIssued(row) ? 'awaiting_deposit' : 'ready'",
    replace: "return 'awaiting_deposit'",
    killedBy: {
      file: observationTest,
      test: 'G-14: ready without an account is an open or abandoned window',
    },
  },
]
