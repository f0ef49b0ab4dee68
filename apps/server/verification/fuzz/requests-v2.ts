import fc from 'fast-check'
import { V2_STORE_ID } from '../../testing/v2-records.ts'
import { oldWebhooks, returnQueries, webhooks } from '../../testing/v2-schema.ts'
import {
  contentTypes,
  damaged,
  damages,
  edited,
  edits,
  hostileText,
  hostileValue,
  INPUT_MARK,
} from './grammar.ts'
import {
  accepts,
  encoded,
  formOf,
  ids,
  strangeHeaders,
  withParameters,
  type Input,
  type Targets,
} from './requests.ts'
import { signingChanges, type Signing } from './signing.ts'

const returnNames = [
  'paymentId',
  'payment_id',
  'txId',
  'transactionType',
  'paymentToken',
  'code',
  'message',
  'pgCode',
  'pgMessage',
]

/** Redirect queries of V2, changed as V1's are. */
export function queriesV2(targets: Targets): fc.Arbitrary<string> {
  const { orderId, paymentId } = ids(targets)
  const base = fc.oneof(
    fc.constantFrom(...returnQueries),
    fc
      .tuple(
        paymentId,
        orderId,
        fc.constantFrom('', '&code=FAILURE_TYPE_PG', '&paymentToken=a+b/c=', '&code='),
      )
      .map(([p, o, more]) => `paymentId=${encoded(o)}&txId=${encoded(p)}${more}`),
  )
  return withParameters(base, returnNames, 'pgMessage')
}

/** Disputes are believed once they are signed, so only those of payments that nobody knows may come: nothing else changes an order. */
const types = fc.oneof(
  {
    weight: 6,
    arbitrary: fc.constantFrom(...Object.keys(webhooks).filter((type) => !type.includes('Dispute'))),
  },
  { weight: 1, arbitrary: hostileText },
)

/** Bodies of both versions: the published ones, those about payments of this world, and each of them changed. */
export function webhookBodies(targets: Targets): fc.Arbitrary<Readonly<Record<string, unknown>>> {
  const { orderId, paymentId } = ids(targets)
  const data = fc
    .tuple(
      fc.record({
        paymentId: orderId,
        transactionId: paymentId,
        storeId: fc.constantFrom(V2_STORE_ID, V2_STORE_ID, 'store-9'),
        cancellationId: fc.oneof(fc.constant(null), hostileText),
      }),
      edits,
    )
    .map(([valid, changes]) => edited(valid, changes))
  const old = fc.record({ payment_id: orderId, tx_id: paymentId, status: hostileText })
  return fc
    .tuple(
      fc.oneof(
        fc.constantFrom(...Object.values(webhooks), ...oldWebhooks),
        fc.record({ type: types, timestamp: fc.oneof(hostileText, hostileValue), data }),
        old,
      ),
      edits,
    )
    .map(([valid, changes]) => edited({ ...valid }, changes))
}

const signings: fc.Arbitrary<Signing> = fc.record({
  id: fc.oneof(
    fc.nat(1_000_000).map((number) => `msg_${number}`),
    fc.constantFrom('msg_1', INPUT_MARK, `${INPUT_MARK}\u00FF`, 'x'.repeat(2_000)),
  ),
  agoSeconds: fc.constantFrom(0, 0, 0, 0, 0, 0, 0, 0, 200, -200, 400, -400, 1_000_000),
  secret: fc.constantFrom('first', 'first', 'first', 'second', 'second', 'second', 'retired'),
  change: fc.constantFrom(...signingChanges),
})

/** Door 2, of signed webhooks. What is signed may be damaged: the gateway's own key proves a sender, not a sound body. */
export const signedWebhooks = (targets: Targets): fc.Arbitrary<Input> =>
  fc
    .record({
      body: webhookBodies(targets),
      harm: damages,
      type: contentTypes,
      asForm: fc.boolean(),
      accept: accepts,
      strange: strangeHeaders,
      signing: signings,
    })
    .map(({ body, harm, type, asForm, accept, strange, signing }) => ({
      method: 'POST',
      path: '/webhooks/portone',
      headers: { 'content-type': type, accept, ...strange },
      body: damaged(
        Buffer.from(asForm && type.includes('form') ? formOf({ ...body }) : JSON.stringify(body)),
        harm,
      ).toString('latin1'),
      signing,
    }))
