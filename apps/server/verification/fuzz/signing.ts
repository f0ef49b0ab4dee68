import { createHmac } from 'node:crypto'
import { canaries } from './truth.ts'

/** What somebody on the way does to the headers or to the body behind them. */
const changeNames = [
  'nothing',
  'others beside it',
  'another body',
  'another id',
  'another time',
  'no id',
  'no time',
  'no signature',
  'a doubled header',
  'no version',
  'half of it',
] as const
type Change = (typeof changeNames)[number]

/** How a webhook of V2 is signed, and what becomes of it. */
export type Signing = {
  readonly id: string
  readonly agoSeconds: number
  readonly secret: 'first' | 'second' | 'retired'
  readonly change: Change
}

/** Most messages arrive as they were sent. */
export const signingChanges: readonly Change[] = [
  ...Array.from({ length: 4 * changeNames.length }, (): Change => 'nothing'),
  ...changeNames,
]

type Signed = { readonly id: string; readonly at: string; readonly signature: string }
type Header = [name: string, value: string]
const headersOf = ({ id, at, signature }: Signed): Header[] => [
  ['webhook-id', id],
  ['webhook-timestamp', at],
  ['webhook-signature', signature],
]
const without = (left: string) => (signed: Signed) => headersOf(signed).filter(([name]) => name !== left)

const changes: Readonly<Record<Change, (signed: Signed) => Header[]>> = {
  nothing: headersOf,
  'others beside it': (signed: Signed) =>
    headersOf({ ...signed, signature: `v1,AAAA v2,x ${signed.signature}` }),
  'another body': headersOf,
  'another id': (signed: Signed) => headersOf({ ...signed, id: `${signed.id}x` }),
  'another time': (signed: Signed) => headersOf({ ...signed, at: String(Number(signed.at) + 1) }),
  'no id': without('webhook-id'),
  'no time': without('webhook-timestamp'),
  'no signature': without('webhook-signature'),
  'a doubled header': (signed: Signed) => [...headersOf(signed), ...headersOf(signed).slice(2)],
  'no version': (signed: Signed) => headersOf({ ...signed, signature: signed.signature.slice(3) }),
  'half of it': (signed: Signed) => headersOf({ ...signed, signature: signed.signature.slice(0, 20) }),
}

/** More than this from now, either way, no message holds. */
const TOLERANCE_SECONDS = 300

export const isSoundlySigned = ({ agoSeconds, secret, change }: Signing): boolean =>
  secret !== 'retired' &&
  Math.abs(agoSeconds) <= TOLERANCE_SECONDS &&
  (change === 'nothing' || change === 'others beside it')

const secrets = {
  first: canaries.webhookSecret,
  second: canaries.secondWebhookSecret,
  retired: `whsec_${Buffer.from('a secret of last year, retired').toString('base64')}`,
}

export function signatureHeaders(signing: Signing, body: string, nowMs: number): Header[] {
  const { id, agoSeconds, secret, change } = signing
  const at = String(Math.floor(nowMs / 1_000) - agoSeconds)
  const key = Buffer.from(secrets[secret].slice('whsec_'.length), 'base64')
  const bytes = Buffer.from(change === 'another body' ? `${body} ` : body, 'latin1')
  const mac = createHmac('sha256', key).update(`${id}.${at}.`).update(bytes).digest('base64')
  return changes[change]({ id, at, signature: `v1,${mac}` })
}
