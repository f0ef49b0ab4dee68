import { generateKeyPairSync, sign, type KeyObject } from 'node:crypto'

/** A value of ASN.1 in DER: its tag, its length and its content. */
function der(tag: number, ...contents: readonly Uint8Array[]): Uint8Array {
  const content = Buffer.concat(contents)
  const { length } = content
  const size = length < 128 ? [length] : length < 256 ? [0x81, length] : [0x82, length >> 8, length & 255]
  return Buffer.concat([Buffer.from([tag, ...size]), content])
}
const sequence = (...contents: readonly Uint8Array[]) => der(0x30, ...contents)
const objectId = (hex: string) => der(0x06, Buffer.from(hex, 'hex'))
const ecdsaWithSha256 = sequence(objectId('2a8648ce3d040302'))
const timeOf = (ms: number) =>
  der(0x18, Buffer.from(`${new Date(ms).toISOString().replaceAll(/[-:T]|\.\d+/g, '')}`))
const bits = (bytes: Uint8Array) => der(0x03, Buffer.from([0]), bytes)

export type TestCertificate = { readonly key: string; readonly cert: string }

/** A certificate for one host name or IPv4 address, signed by its own key. Times are epoch milliseconds. */
export function certificateFor(host: string, fromMs: number, toMs: number): TestCertificate {
  const { privateKey, publicKey } = generateKeyPairSync('ec', { namedCurve: 'P-256' })
  const name = sequence(der(0x31, sequence(objectId('550403'), der(0x0c, Buffer.from(host)))))
  const isAddress = /^[\d.]+$/.test(host)
  const alternative = isAddress
    ? der(0x87, Buffer.from(host.split('.').map(Number)))
    : der(0x82, Buffer.from(host))
  const extensions = sequence(sequence(objectId('551d11'), der(0x04, sequence(alternative))))
  const unsigned = sequence(
    der(0xa0, der(0x02, Buffer.from([2]))),
    der(0x02, Buffer.from([1])),
    ecdsaWithSha256,
    name,
    sequence(timeOf(fromMs), timeOf(toMs)),
    name,
    publicKey.export({ type: 'spki', format: 'der' }),
    der(0xa3, extensions),
  )
  return {
    key: privateKey.export({ type: 'pkcs8', format: 'pem' }).toString(),
    cert: pem(sequence(unsigned, ecdsaWithSha256, bits(signed(unsigned, privateKey)))),
  }
}

const signed = (bytes: Uint8Array, key: KeyObject) => sign('sha256', bytes, key)
const pem = (bytes: Uint8Array): string =>
  `-----BEGIN CERTIFICATE-----\n${Buffer.from(bytes).toString('base64')}\n-----END CERTIFICATE-----\n`
