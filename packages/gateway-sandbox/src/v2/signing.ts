import { createHmac } from 'node:crypto'
import type { Misbehaviour } from '../misbehaviour.ts'

/** A webhook's three headers as Standard Webhooks defines them (docs/gateway/portone-v2.md §10). */
type SignatureHeaders = Readonly<Record<string, string>>

export type Signing = {
  readonly id: string
  readonly body: string
  readonly secrets: readonly string[]
  readonly how: Misbehaviour['webhookSigning']
}

const NO_SECRET_OF_THE_SHOP = `whsec_${Buffer.from('landfall sandbox: nobody has this').toString('base64')}`
/** Twice the tolerance of a receiver. */
const OFF_MS = 600_000

/** `atMs` is the time of the attempt: with the receivers' five minutes, no other time could work for a retry. */
export function signedHeaders({ id, body, secrets, how }: Signing, atMs: number): SignatureHeaders {
  const offMs = how === 'stale' ? -OFF_MS : how === 'future' ? OFF_MS : 0
  const timestamp = String(Math.floor((atMs + offMs) / 1000))
  const headers = { 'webhook-id': id, 'webhook-timestamp': timestamp }
  if (how === 'unsigned') return headers
  // The signature of the body without its blanks: a receiver that writes the body anew before it checks accepts this one.
  const signed = how === 'another_body' ? body.replaceAll(/\s+/g, '') : body
  const keys = how === 'wrong_secret' ? [NO_SECRET_OF_THE_SHOP] : secrets
  const signatures = keys.map((secret) => `v1,${signatureOf(secret, `${id}.${timestamp}.${signed}`)}`)
  return { ...headers, 'webhook-signature': listed(signatures, how) }
}

const signatureOf = (secret: string, text: string): string =>
  createHmac('sha256', Buffer.from(secret.replace(/^whsec_/, ''), 'base64'))
    .update(text)
    .digest('base64')

function listed(signatures: readonly string[], how: Misbehaviour['webhookSigning']): string {
  const list = signatures.join(' ')
  if (how === 'extra_versions') return `v1a,${Buffer.from('ed25519').toString('base64')} ${list} v2,AAAA`
  if (how === 'doubled_header') return `${list}, ${list}`
  return how === 'url_safe' ? list.replaceAll('+', '-').replaceAll('/', '_') : list
}
