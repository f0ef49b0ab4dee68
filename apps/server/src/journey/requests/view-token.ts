import { AppScheme, OrderId, PaymentId, Scope } from '@landfall/payment-core'
import { decodeProtectedHeader, jwtVerify, SignJWT } from 'jose'
import { createHash, subtle } from 'node:crypto'
import { z } from 'zod'
import type { Clock } from '../../deps.ts'

/** The content of a view token. A screen depends on this token alone: there is no cookie and no session. */
export const Viewer = z.object({
  scope: Scope,
  /** With scope `full` the order shown. With `outcome` the order that the return claimed, shown only if the gateway names the same order. */
  orderId: OrderId.nullable(),
  /** With scope `outcome`: the payment. The screen shows the order that the gateway names for it. */
  paymentId: PaymentId.nullable(),
  /** When this viewer began to wait, epoch milliseconds in whole seconds. */
  sinceMs: z.number().int(),
  /** The app that the link was made for; the screen links back into it. */
  appScheme: AppScheme.optional(),
})
export type Viewer = z.infer<typeof Viewer>

const Payload = z.object({
  s: Scope,
  o: OrderId.optional(),
  p: PaymentId.optional(),
  a: AppScheme.optional(),
  iat: z.number().int(),
})

/** Our tokens have about two hundred characters. Longer ones are not decoded. */
const CHARACTERS_MAX = 2_000

export type ViewTokens = {
  /** The same viewer and expiry give the same token: an order registered twice gets one return URL. */
  readonly sign: (viewer: Viewer, expiresAtMs: number) => Promise<string>
  /** Null for a token that is forged, expired, malformed, or from another deployment. */
  readonly read: (token: string) => Promise<Viewer | null>
}

/** Signs view tokens with the first secret and verifies them with any: HS256, compared in constant time by WebCrypto. */
export function viewTokens(secrets: () => readonly string[], clock: Clock): ViewTokens {
  const keys = keysOf(secrets)
  return {
    sign: async ({ scope, orderId, paymentId, sinceMs, appScheme }, expiresAtMs) => {
      const [first] = keys()
      if (first === undefined) throw new Error('a token secret is needed')
      const [kid, key] = first
      return new SignJWT({
        s: scope,
        ...(orderId === null ? {} : { o: orderId }),
        ...(paymentId === null ? {} : { p: paymentId }),
        ...(appScheme === undefined ? {} : { a: appScheme }),
      })
        .setProtectedHeader({ alg: 'HS256', kid })
        .setIssuedAt(Math.floor(sinceMs / 1000))
        .setExpirationTime(Math.floor(expiresAtMs / 1000))
        .sign(await key)
    },
    read: async (token) => {
      if (token.length > CHARACTERS_MAX) return null
      try {
        const secret = keys().get(decodeProtectedHeader(token).kid ?? '')
        if (secret === undefined) return null
        const options = {
          algorithms: ['HS256'],
          requiredClaims: ['exp'],
          currentDate: clock.date(clock.nowMs()),
        }
        const { payload } = await jwtVerify(token, await secret, options)
        const { s, o, p, a, iat } = Payload.parse(payload)
        const app = a === undefined ? {} : { appScheme: a }
        return { scope: s, orderId: o ?? null, paymentId: p ?? null, sinceMs: iat * 1000, ...app }
      } catch {
        return null // do not tell the bearer what was wrong
      }
    },
  }
}

type Keys = ReadonlyMap<string, ReturnType<typeof keyOf>>

/** Imports the keys of the live secrets again only when the list changes; jose would import raw bytes for each token. */
function keysOf(secrets: () => readonly string[]): () => Keys {
  let [listed, keys]: [readonly string[], Keys] = [[], new Map()]
  return () => {
    const now = secrets()
    if (now !== listed) [listed, keys] = [now, new Map(now.map((each) => [keyIdOf(each), keyOf(each)]))]
    return keys
  }
}

const keyOf = (secret: string) =>
  subtle.importKey('raw', new TextEncoder().encode(secret), { name: 'HMAC', hash: 'SHA-256' }, false, [
    'sign',
    'verify',
  ])

/** Identifies a secret without revealing it, so that verification after a rotation tries one key only. */
const keyIdOf = (secret: string): string =>
  createHash('sha256').update(`landfall view token ${secret}`).digest('base64url').slice(0, 8)
