import { Webhook } from 'standardwebhooks'
import type { NoticeBody } from './api-types.ts'

/** A notice whose signature is right. Believe `data.order.status`, not `type`. */
export type VerifiedNotice = NoticeBody & {
  /** The same each time the notice is sent: act once for each id. */
  readonly id: string
}

/** A request as frameworks hand it over, with its body as it came: parsed JSON cannot be verified. */
export type RawRequest = {
  readonly headers: Headers | Readonly<Record<string, string | readonly string[] | undefined>>
  readonly body: string | Uint8Array
}

/**
 * `unsigned`: a header of Standard Webhooks is missing. `wrong_signature`: none of the secrets fits. `wrong_time`: sent more than five
 * minutes ago or ahead, so perhaps by somebody who recorded it. `unreadable`: signed, but no notice. `too_large`: more than 1 MiB.
 */
export type RefusedNotice = 'unsigned' | 'wrong_signature' | 'wrong_time' | 'unreadable' | 'too_large'
export type ReceivedNotice =
  | { readonly ok: true; readonly notice: VerifiedNotice }
  | { readonly ok: false; readonly reason: RefusedNotice }

/** One secret or several, as a list or separated by commas as in `NOTIFY_SECRETS`. Undefined, for a variable that is not set, throws. */
export type NoticeSecrets = string | readonly string[] | undefined

const BYTES_MAX = 1024 * 1024
const TOLERANCE_MS = 5 * 60_000

/**
 * Verifies a notice by Standard Webhooks: its signature by any of the secrets, and its time within five minutes. Never throws for what came;
 * throws a `TypeError` for unusable secrets.
 */
export const receive = async (
  request: Request | RawRequest,
  secrets: NoticeSecrets,
): Promise<ReceivedNotice> => receiveWith(request, openSecrets(secrets))

/** Throws a `TypeError` if there is no secret, or one that is not `whsec_` and base64. */
export function openSecrets(secrets: NoticeSecrets): readonly Webhook[] {
  const each = (typeof secrets === 'string' ? secrets.split(',') : (secrets ?? []))
    .map((secret) => secret.trim())
    .filter((secret) => secret !== '')
  if (each.length === 0) throw new TypeError('no notice secret: pass those of NOTIFY_SECRETS')
  return each.map((secret) => {
    try {
      return new Webhook(secret)
    } catch (cause) {
      throw new TypeError('a notice secret is not whsec_ and base64', { cause })
    }
  })
}

export async function receiveWith(
  request: Request | RawRequest,
  webhooks: readonly Webhook[],
): Promise<ReceivedNotice> {
  const body = request instanceof Request ? await bodyOf(request.body) : request.body
  if (body === null || body.length > BYTES_MAX) return refused('too_large')
  const headers = signedHeaders(request.headers)
  if (headers === null) return refused('unsigned')
  if (!isTimely(headers['webhook-timestamp'])) return refused('wrong_time')
  const text = typeof body === 'string' ? body : new TextDecoder().decode(body)
  if (!webhooks.some((webhook) => isSignedBy(webhook, text, headers))) return refused('wrong_signature')
  const notice = parsed(text)
  return isNotice(notice)
    ? { ok: true, notice: { ...notice, id: headers['webhook-id'] } }
    : refused('unreadable')
}

const refused = (reason: RefusedNotice): ReceivedNotice => ({ ok: false, reason })

/** The bytes of a body; null when they are too many. */
export async function bodyOf(stream: AsyncIterable<Uint8Array> | null): Promise<Uint8Array | null> {
  const chunks: Uint8Array[] = []
  let length = 0
  for await (const chunk of stream ?? []) {
    length += chunk.length
    if (length > BYTES_MAX) return null
    chunks.push(chunk)
  }
  return Buffer.concat(chunks)
}

const names = ['webhook-id', 'webhook-timestamp', 'webhook-signature'] as const
type SignedHeaders = Record<(typeof names)[number], string>

function signedHeaders(headers: RawRequest['headers']): SignedHeaders | null {
  const [id, timestamp, signature] = names.map((name) =>
    headers instanceof Headers ? headers.get(name) : headers[name],
  )
  if (typeof id !== 'string' || typeof timestamp !== 'string' || typeof signature !== 'string') return null
  return { 'webhook-id': id, 'webhook-timestamp': timestamp, 'webhook-signature': signature }
}

const isTimely = (timestamp: string): boolean =>
  /^\d+$/.test(timestamp) && Math.abs(Date.now() - Number(timestamp) * 1_000) <= TOLERANCE_MS

function isSignedBy(webhook: Webhook, text: string, headers: SignedHeaders): boolean {
  try {
    webhook.verify(text, headers, { jsonParse: false })
    return true
  } catch {
    return false
  }
}

function parsed(text: string): unknown {
  try {
    return JSON.parse(text)
  } catch {
    return undefined
  }
}

/** The signature shows that Landfall wrote it. This only tells other webhooks of the same secret apart. */
const isNotice = (value: unknown): value is NoticeBody =>
  isTable(value) &&
  typeof value['type'] === 'string' &&
  isTable(value['data']) &&
  isTable(value['data']['order'])
const isTable = (value: unknown): value is Record<string, unknown> =>
  typeof value === 'object' && value !== null
