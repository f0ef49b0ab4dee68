import fc from 'fast-check'
import type { Signing } from './signing.ts'
import {
  contentTypes,
  damaged,
  damages,
  edited,
  edits,
  hostileText,
  INPUT_MARK,
  PATH_MARK,
  samples,
} from './grammar.ts'

/** A request as it will be made, in text, so that a failing one can be read. */
export type Input = {
  readonly method: string
  readonly path: string
  readonly headers: Readonly<Record<string, string>>
  /** One character a byte. */
  readonly body: string | null
  /** Signed when it is sent: a signature holds for minutes of the world's time. */
  readonly signing?: Signing
}

/** What the world holds that a hostile request may name. */
export type Targets = {
  readonly orderIds: readonly string[]
  readonly paymentIds: readonly string[]
  readonly tokens: readonly string[]
  readonly merchantKey: string
}

export const accepts = fc.constantFrom('text/html', 'application/json', '*/*', '')
export const strangeHeaders: fc.Arbitrary<Record<string, string>> = fc.constantFrom(
  {},
  {},
  { cookie: `sid=${INPUT_MARK}` },
  { authorization: `Bearer ${INPUT_MARK}` },
  { 'x-forwarded-for': '52.78.100.19', 'x-forwarded-host': 'evil.example' },
  { host: 'evil.example', forwarded: `for=${INPUT_MARK}` },
  { 'x-http-method-override': 'DELETE', origin: 'https://evil.example' },
  { 'content-encoding': 'gzip' },
  { 'accept-language': `${INPUT_MARK};q=\u00FF` },
  { 'user-agent': `${INPUT_MARK}<script>\u009B` },
)

export const ids = ({ orderIds, paymentIds }: Targets) => ({
  orderId: fc.oneof(
    { weight: 3, arbitrary: fc.constantFrom(...orderIds) },
    { weight: 1, arbitrary: hostileText },
  ),
  paymentId: fc.oneof(
    { weight: 2, arbitrary: fc.constantFrom(...paymentIds) },
    {
      weight: 1,
      arbitrary: fc.constantFrom('imp_999999999999', 'imp_0', 'imps_1-_', `imp_${'1'.repeat(28)}`),
    },
    { weight: 1, arbitrary: hostileText },
  ),
})

const returnNames = [
  'imp_uid',
  'merchant_uid',
  'imp_success',
  'success',
  'imp_status',
  'error_code',
  'error_coe',
  'error_msg',
]
const strangeNames = [
  'imp_uid[]',
  'imp_uid[0]',
  'merchant_uid[a][b]',
  '__proto__',
  '__proto__[says]',
  'constructor.prototype',
].concat([
  'constructor[prototype][x]',
  'next',
  'return_url',
  'imp_uid%00',
  'IMP_UID',
  'paymentId',
  'code',
  INPUT_MARK,
])

/** A parameter, written as a script, an old PG or an attacker writes it. */
const parameterOf = (names: readonly string[]) =>
  fc
    .record({
      name: fc.oneof(fc.constantFrom(...names), fc.constantFrom(...strangeNames)),
      value: hostileText,
      raw: fc.boolean(),
    })
    .map(({ name, value, raw }) => `${name}=${raw ? value.replaceAll(/[\s#]/g, '+') : encoded(value)}`)

export const encoded = (text: string): string => encodeURIComponent(text.toWellFormed())

/** Redirect queries: the documented ones with ids of this world, parameters added, doubled, cut, in EUC-KR. */
export function queries(targets: Targets): fc.Arbitrary<string> {
  const { orderId, paymentId } = ids(targets)
  const base = fc.oneof(
    fc.constantFrom(...samples.queries),
    fc
      .tuple(paymentId, orderId, fc.constantFrom('true', 'false', '', '1', 'True'))
      .map(([p, o, flag]) => `imp_uid=${encoded(p)}&merchant_uid=${encoded(o)}&imp_success=${flag}`),
  )
  return withParameters(base, returnNames, 'error_msg')
}

/** These queries with parameters of these names added, doubled, cut, in EUC-KR; `text` is the name of a long one. */
export function withParameters(
  base: fc.Arbitrary<string>,
  names: readonly string[],
  text: string,
): fc.Arbitrary<string> {
  const extra = fc.oneof(
    {
      weight: 8,
      arbitrary: fc.array(parameterOf(names), { maxLength: 4 }).map((each) => each.join('&')),
    },
    { weight: 1, arbitrary: fc.constant(`${text}=%BB%E7%BF%EB%C0%DA&${text}=%`) },
    { weight: 1, arbitrary: fc.constantFrom(64, 65, 1_000).map((n) => 'a=1&'.repeat(n)) },
    {
      weight: 1,
      arbitrary: fc.constantFrom(8_000, 16_384).map((n) => `${text}=${INPUT_MARK}${'x'.repeat(n)}`),
    },
  )
  return fc
    .tuple(base, extra, damages, fc.constantFrom('&', '&', '', '?'))
    .map(([first, more, harm, glue]) =>
      damaged(Buffer.from(first + (more === '' ? '' : glue + more)), harm).toString('latin1'),
    )
    .map((query) => query.replaceAll(/[^\x21-\x22\x24-\x7E]/g, (odd) => encodeURIComponent(odd)))
}

/** What an address may be wrapped in; TOKEN stands for the token. */
const wrappings = fc.constantFrom(
  '//complete//TOKEN/',
  '/complete/TOKEN&imp_uid=imp_1',
  '/complete/TOKEN;a=b',
  '/complete/TOKEN%3Fimp_uid=imp_1&imp_uid=imp_2',
  '/complete/TOKEN%26%ZZ',
  `/complete/TOKEN/${PATH_MARK}`,
  `/complete/${PATH_MARK}/TOKEN%`,
  '/complete/%22TOKEN%22imp_success=false',
)
const wrapped = ([token, wrapping]: readonly [string, string]): string => wrapping.replace('TOKEN', token)

/** Door 1. `asked` are its queries. */
export function returns(targets: Targets, asked = queries(targets)): fc.Arbitrary<Input> {
  const paths = fc.oneof(
    { weight: 3, arbitrary: fc.constant('/complete') },
    { weight: 3, arbitrary: fc.constantFrom(...targets.tokens).map((token) => `/complete/${token}`) },
    { weight: 1, arbitrary: fc.tuple(fc.constantFrom(...targets.tokens), wrappings).map(wrapped) },
    {
      weight: 1,
      arbitrary: fc.constantFrom(
        '/complete/',
        '/complete/%ZZ',
        `/complete/${PATH_MARK}.x.y`,
        '/complete/a/b',
        '/complete/%00',
      ),
    },
  )
  return fc
    .record({
      method: fc.constantFrom('GET', 'GET', 'GET', 'POST', 'HEAD', 'PUT', 'OPTIONS'),
      path: paths,
      query: asked,
      form: asked,
      type: contentTypes,
      accept: accepts,
      strange: strangeHeaders,
    })
    .map(({ method, path, query, form, type, accept, strange }) => ({
      method,
      path: `${path}?${query}`,
      headers: { accept, ...strange, ...(method === 'POST' ? { 'content-type': type } : {}) },
      body: method === 'POST' ? form : null,
    }))
}

/** Door 2. */
export function webhooks(targets: Targets): fc.Arbitrary<Input> {
  const { orderId, paymentId } = ids(targets)
  const valid = fc.oneof(
    fc.constantFrom(...samples.webhooks),
    fc.record({
      imp_uid: paymentId,
      merchant_uid: orderId,
      status: fc.oneof(fc.constantFrom('paid', 'ready', 'cancelled', 'failed'), hostileText),
      cancellation_id: fc.oneof(fc.constant(null), hostileText),
    }),
  )
  return fc
    .record({
      valid,
      changes: edits,
      harm: damages,
      type: contentTypes,
      asForm: fc.boolean(),
      accept: accepts,
      strange: strangeHeaders,
    })
    .map(({ valid: body, changes, harm, type, asForm, accept, strange }) => {
      const fields = edited(body, changes)
      const text = asForm && type.includes('form') ? formOf(fields) : JSON.stringify(fields)
      return {
        method: 'POST',
        path: '/webhooks/portone',
        headers: { 'content-type': type, accept, ...strange },
        body: damaged(Buffer.from(text), harm).toString('latin1'),
      }
    })
}

export const formOf = (fields: Record<string, unknown>): string =>
  Object.entries(fields)
    .map(
      ([name, value]) =>
        `${encoded(name)}=${encoded(typeof value === 'string' ? value : JSON.stringify(value))}`,
    )
    .join('&')
