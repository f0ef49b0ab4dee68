import { createHmac, createSecretKey, type KeyObject, type webcrypto } from 'node:crypto'

const secrets = new WeakMap<object, KeyObject>()
/** Keys by their secret: each life of each server brings the same one along. */
const imported = new Map<string, webcrypto.CryptoKey>()

/**
 * WebCrypto signs on another thread, and when that one is done is nobody's seed. In a simulated world the same HMAC is made at once, on this
 * thread: the tokens are the same to the byte.
 */
export function signAtOnce(): void {
  const { subtle } = crypto
  const importKey = subtle.importKey.bind(subtle)
  const hmac = (key: object, data: Uint8Array): Buffer => {
    const secret = secrets.get(key)
    if (secret === undefined) throw new Error('a key that was not imported here')
    return createHmac('sha256', secret).update(data).digest()
  }
  Object.defineProperties(subtle, {
    importKey: {
      value: async (
        format: 'raw',
        bytes: Uint8Array<ArrayBuffer>,
        algorithm: { name: string; hash: string },
        extractable: boolean,
        usages: Array<'sign' | 'verify'>,
      ) => {
        const name = [algorithm.hash, extractable, usages, Buffer.from(bytes).toString('base64')].join()
        const known = imported.get(name)
        if (known !== undefined) return known
        const key = await importKey(format, bytes, algorithm, extractable, usages)
        secrets.set(key, createSecretKey(bytes))
        imported.set(name, key)
        return key
      },
    },
    sign: {
      value: async (_algorithm: unknown, key: object, data: Uint8Array) => new Uint8Array(hmac(key, data)),
    },
    verify: {
      value: async (_algorithm: unknown, key: object, signature: Uint8Array, data: Uint8Array) =>
        hmac(key, data).equals(signature),
    },
  })
}
