import { createHmac, timingSafeEqual } from 'node:crypto'
import type { Context } from 'hono'
import { z } from 'zod'
import { clientAddress } from '../config/client-address.ts'
import type { Env } from './answer.ts'

/** The header by which `landfall doctor` proves that it knows a token secret. */
export const DOCTOR_HEADER = 'landfall-doctor'

/** What the server tells the bearer of a pass: how its own request arrived. */
export const SeenCaller = z.object({
  /** The address at the other end of the socket. */
  peer: z.string(),
  /** The peer is on TRUSTED_PROXIES. */
  isTrusted: z.boolean(),
  forwardedFor: z.string().nullable(),
  /** The address that the request counts for. */
  client: z.string(),
  /** The Authorization header arrived. */
  hasAuthorization: z.boolean(),
})
export type SeenCaller = z.infer<typeof SeenCaller>

/** Longer than clocks are wrong. The pass shows its bearer nothing but the bearer's own request. */
const LIFE_MS = 86_400_000

const signatureOf = (secret: string, endsAtMs: string): string =>
  createHmac('sha256', secret).update(`landfall doctor ${endsAtMs}`).digest('base64url')

export function doctorPass(tokenSecret: string, nowMs: number): string {
  const endsAtMs = String(Math.floor(nowMs) + LIFE_MS)
  return `${endsAtMs}.${signatureOf(tokenSecret, endsAtMs)}`
}

/** True for a pass that was signed with one of the secrets and has not ended. */
export function isDoctorPass(text: string, tokenSecrets: readonly string[], nowMs: number): boolean {
  const [endsAtMs = '', signature = ''] = text.split('.')
  if (!/^\d{1,15}$/.test(endsAtMs) || Number(endsAtMs) <= nowMs) return false
  const given = Buffer.from(signature)
  return tokenSecrets.some((secret) => {
    const expected = Buffer.from(signatureOf(secret, endsAtMs))
    return given.length === expected.length && timingSafeEqual(given, expected)
  })
}

/** Returns what arrived of a request. */
export function seenCaller(c: Context<Env>, isProxy: (address: string) => boolean): SeenCaller {
  const socket = c.env?.incoming?.socket.remoteAddress ?? ''
  const forwardedFor = c.req.header('x-forwarded-for') ?? null
  // Without the header the client is the peer, in the notation of the settings.
  const peer = clientAddress(socket, '', isProxy)
  return {
    peer,
    isTrusted: isProxy(peer),
    forwardedFor,
    client: clientAddress(socket, forwardedFor ?? '', isProxy),
    hasAuthorization: c.req.header('authorization') !== undefined,
  }
}
