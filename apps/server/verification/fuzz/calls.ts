import fc from 'fast-check'
import {
  contentTypes,
  damaged,
  damages,
  edited,
  edits,
  hostileText,
  hostileValue,
  INPUT_MARK,
  PATH_MARK,
} from './grammar.ts'
import { ids, strangeHeaders, type Input, type Targets } from './requests.ts'

const name = fc.oneof(
  {
    weight: 8,
    arbitrary: fc.constantFrom(
      'payments.verify',
      'payments.screen',
      'payments.watch',
      'orders.register',
      'orders.get',
      'orders.list',
      'orders.reconcile',
      'orders.cancel',
      'notices.replay',
    ),
  },
  {
    weight: 1,
    arbitrary: fc.constantFrom(
      `${PATH_MARK}.x`,
      '__proto__',
      'constructor',
      'orders',
      'orders.__proto__',
      '%ZZ',
      'a,b',
      ',',
      '',
      '%00',
    ),
  },
)

/** Procedures, one by one and in batches, with every way of saying an input. */
export function calls(targets: Targets): fc.Arbitrary<Input> {
  const { orderId, paymentId } = ids(targets)
  const token = fc.oneof(fc.constantFrom(...targets.tokens), hostileText)
  const fields = fc.record(
    {
      token,
      imp_uid: paymentId,
      merchant_uid: orderId,
      orderId,
      error_msg: hostileText,
      name: hostileText,
      limit: hostileValue,
      cursor: hostileValue,
      from: hostileValue,
      to: hostileValue,
      id: hostileText,
      status: hostileValue,
      review: hostileValue,
    },
    { requiredKeys: ['token'] },
  )
  return fc
    .record({
      name,
      input: fc.oneof(
        { weight: 4, arbitrary: fields.chain((valid) => edits.map((each) => edited(valid, each))) },
        { weight: 1, arbitrary: hostileValue },
      ),
      harm: damages,
      post: fc.boolean(),
      batch: fc.constantFrom(0, 0, 0, 1, 2, 25),
      type: fc.oneof(
        { weight: 3, arbitrary: fc.constant('application/json') },
        { weight: 1, arbitrary: contentTypes },
      ),
      auth: fc.constantFrom(null, null, `Bearer ${targets.merchantKey}`, `Bearer ${INPUT_MARK}`),
      strange: strangeHeaders,
    })
    .map(callOf)
}

type Call = {
  readonly name: string
  readonly input: unknown
  readonly harm: Parameters<typeof damaged>[1]
  readonly post: boolean
  readonly batch: number
  readonly type: string
  readonly auth: string | null
  readonly strange: Readonly<Record<string, string>>
}

function callOf({ name, input, harm, post, batch, type, auth, strange }: Call): Input {
  const path = batch === 0 ? name : Array.from({ length: batch }, () => name).join(',')
  const whole =
    batch === 0 ? input : Object.fromEntries(Array.from({ length: batch }, (_, index) => [index, input]))
  const bytes = damaged(Buffer.from(JSON.stringify(whole)), harm)
  const asked = post ? '' : `&input=${encodeURIComponent(bytes.toString('latin1'))}`
  return {
    method: post ? 'POST' : 'GET',
    path: `/trpc/${path}?${batch === 0 ? '' : 'batch=1'}${asked}`,
    headers: {
      ...strange,
      ...(auth === null ? {} : { authorization: auth }),
      ...(post ? { 'content-type': type } : {}),
    },
    body: post ? bytes.toString('latin1') : null,
  }
}
