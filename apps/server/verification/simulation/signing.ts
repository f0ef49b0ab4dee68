import { createHmac, createSecretKey, type KeyObject, type webcrypto } from 'node:crypto'

const secrets = new WeakMap<object, KeyObject>()
/** Keys by their secret: each life of each server brings the same one along. */
const imported = new Map<string, webcrypto.CryptoKey>()

let isAtOnce = false

/**
 * WebCrypto signs on another thread, and when that one is done is nobody's seed. In a simulated world the same HMAC is made at once, on this
 * thread: the tokens are the same to the byte.
 */
export function signAtOnce(): void {
  const { subtle } = crypto
  if (isAtOnce) return
  isAtOnce = true
  const importKey = subtle.importKey.bind(subtle)
  const [sign, verify] = [subtle.sign.bind(subtle), subtle.verify.bind(subtle)]
  const hmac = (secret: KeyObject, data: Uint8Array): Buffer =>
    createHmac('sha256', secret).update(data).digest()
  Object.defineProperties(subtle, {
    importKey: {
      value: async (
        format: 'raw' | 'pkcs8' | 'spki',
        bytes: Uint8Array<ArrayBuffer>,
        algorithm: { name: string; hash: string },
        extractable: boolean,
        usages: Array<'sign' | 'verify'>,
      ) => {
        if (format !== 'raw') return importKey(format, bytes, algorithm, extractable, usages)
        const name = [algorithm.hash, extractable, usages, Buffer.from(bytes).toString('base64')].join()
        const known = imported.get(name)
        if (known !== undefined) return known
        const key = await importKey(format, bytes, algorithm, extractable, usages)
        secrets.set(key, createSecretKey(bytes))
        imported.set(name, key)
        return key
      },
    },
    // A key that came another way, such as one a forger brings along, signs as it always would.
    sign: {
      value: async (name: string, key: webcrypto.CryptoKey, data: Uint8Array<ArrayBuffer>) => {
        const secret = secrets.get(key)
        return secret === undefined ? sign(name, key, data) : new Uint8Array(hmac(secret, data))
      },
    },
    verify: {
      value: async (
        name: string,
        key: webcrypto.CryptoKey,
        signature: Uint8Array<ArrayBuffer>,
        data: Uint8Array<ArrayBuffer>,
      ) => {
        const secret = secrets.get(key)
        return secret === undefined
          ? verify(name, key, signature, data)
          : hmac(secret, data).equals(signature)
      },
    },
  })
}
