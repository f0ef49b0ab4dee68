import * as PortOne from '@portone/server-sdk'
import fc from 'fast-check'
import { createHmac } from 'node:crypto'
import { Webhook } from 'standardwebhooks'
import { afterEach, describe, expect, test, vi } from 'vitest'
import { webhookKeys } from '../config/secrets.ts'
import { verifySignature, type SignedMessage } from './signature.ts'

const nowMs = Date.UTC(2026, 10, 2, 3, 0, 0)
const secretOf = (text: string): string => `whsec_${Buffer.from(text.padEnd(24, '.')).toString('base64')}`
const secret = secretOf('the live secret')
const body = '{"type":"Transaction.Paid","data":{"paymentId":"ord-1"}}'

/** Its headers can be changed one by one. */
type ListedMessage = SignedMessage & { readonly headers: ReadonlyArray<readonly [string, string]> }

function signed(by = secret, atMs = nowMs, rawBody = body): ListedMessage {
  const signature = new Webhook(by).sign('msg_1', new Date(atMs), rawBody)
  const seconds = String(Math.floor(atMs / 1000))
  return {
    headers: [
      ['webhook-id', 'msg_1'],
      ['webhook-timestamp', seconds],
      ['Webhook-Signature', signature],
    ],
    rawBody: Buffer.from(rawBody),
  }
}

const outcome = (message: SignedMessage, secrets = [secret]) => {
  const verified = verifySignature(message, webhookKeys(secrets), nowMs)
  return verified.ok ? verified.value.messageId : verified.problem
}

describe('a signed webhook', () => {
  afterEach(() => vi.useRealTimers())

  test('W-10: is taken when any live secret signed it, and refused when only a retired one did', () => {
    const next = secretOf('the next secret')
    expect(outcome(signed(secret), [secret, next])).toBe('msg_1')
    expect(outcome(signed(next), [secret, next])).toBe('msg_1')
    expect(outcome(signed(secretOf('a retired secret')), [secret, next])).toBe('no_matching_signature')
    expect(outcome(signed(), [])).toBe('no_matching_signature')
  })

  test('W-09: is refused unsigned, changed, older than five minutes, or from the future', () => {
    expect(outcome({ headers: [], rawBody: Buffer.from(body) })).toBe('missing_header')
    expect(outcome({ ...signed(), rawBody: Buffer.from(`${body} `) })).toBe('no_matching_signature')
    expect(outcome(signed(secret, nowMs - 300_000))).toBe('msg_1')
    expect(outcome(signed(secret, nowMs - 301_000))).toBe('too_old')
    expect(outcome(signed(secret, nowMs + 300_000))).toBe('msg_1')
    expect(outcome(signed(secret, nowMs + 301_000))).toBe('too_new')
    for (const spelling of ['0', '+', ' '])
      expect(
        outcome({
          ...signed(),
          headers: signed().headers.map(([name, value]) => [
            name,
            name === 'webhook-timestamp' ? spelling + value : value,
          ]),
        }),
      ).toBe('invalid_timestamp')
  })

  test('W-17: is refused when a header comes twice, in whatever spelling', () => {
    const { headers, rawBody } = signed()
    for (const [name, value] of headers)
      expect(outcome({ headers: [...headers, [name.toUpperCase(), value]], rawBody })).toBe('doubled_header')
  })

  test('W-17: is refused when somebody on the way has joined a doubled header into one', () => {
    const { headers, rawBody } = signed()
    for (const [name] of headers) {
      const joined = new Headers(headers.map(([each, value]) => [each, value]))
      joined.append(name, joined.get(name) ?? '')
      expect([name, outcome({ headers: [...joined], rawBody })]).not.toEqual([name, 'msg_1'])
    }
    const doubled = headers.map(
      ([name, value]) => [name, /signature/i.test(name) ? `${value}, ${value}` : value] as const,
    )
    expect(outcome({ headers: doubled, rawBody })).toBe('doubled_header')
  })

  test('of several signatures one must fit; other versions are passed over', () => {
    const message = signed()
    const fits = message.headers[2]?.[1] ?? ''
    const withSignature = (value: string): ListedMessage => ({
      ...message,
      headers: [...message.headers.slice(0, 2), ['webhook-signature', value]],
    })
    expect(outcome(withSignature(`v1a,xyz v1,AAAA ${fits}`))).toBe('msg_1')
    expect(outcome(withSignature(fits.replace('v1,', 'v2,')))).toBe('no_matching_signature')
    expect(outcome(withSignature(''))).toBe('missing_header')
  })

  test('W-17: is refused when its broken text was mended: what is signed is bytes', () => {
    const mended = Buffer.from('{"name":"\uFFFD"}')
    const broken = Buffer.concat([Buffer.from('{"name":"'), Buffer.from([0xbb]), Buffer.from('"}')])
    const { headers } = signed(secret, nowMs, mended.toString())
    expect(outcome({ headers, rawBody: mended })).toBe('msg_1')
    expect(outcome({ headers, rawBody: broken })).toBe('no_matching_signature')
  })

  test('W-09: a body is signed as it is spelled: blanks, the order of its keys and escapes are part of it', () => {
    const spelled = '{ "b": 1,  "a": "\\u00e9", "n": 1.0 }\n'
    expect(outcome(signed(secret, nowMs, spelled))).toBe('msg_1')
    const rawBody = Buffer.from(JSON.stringify(JSON.parse(spelled)))
    expect(outcome({ ...signed(secret, nowMs, spelled), rawBody })).toBe('no_matching_signature')
  })

  test('nobody signs with an empty secret', () => {
    const signature = createHmac('sha256', '')
      .update(`msg_1.${nowMs / 1000}.x`)
      .digest('base64')
    const [id, timestamp] = signed().headers
    const forged = ['webhook-signature', `v1,${signature}`] as const
    for (const empty of ['', 'whsec_', 'whsec_=='])
      expect(
        outcome(
          {
            headers: [...[id, timestamp].flatMap((each) => (each ? [each] : [])), forged],
            rawBody: Buffer.from('x'),
          },
          [empty],
        ),
      ).toBe('no_matching_signature')
  })
})

describe('the two versions of a webhook, and what both verifiers say of each', () => {
  afterEach(() => vi.useRealTimers())

  const old = 'payment_id=ord-1&tx_id=0193c5a1-7e2f-5b1d&status=Paid'
  const live = [secretOf('the live secret'), secretOf('the next secret')]
  const rename = (message: ListedMessage, change: (signature: string) => string): ListedMessage => ({
    ...message,
    headers: message.headers.map(([name, value]) => [name, /signature/i.test(name) ? change(value) : value]),
  })
  const urlSafe = (signature: string) => signature.replaceAll('+', '-').replaceAll('/', '_')
  /** A message whose signature has a character that the URL-safe alphabet spells otherwise. */
  const withSigns = (text: string): ListedMessage => {
    const found = Array.from({ length: 100 }, (_, at) => signed(live[0], nowMs - at * 1_000, text)).find(
      ({ headers }) => urlSafe(headers[2]?.[1] ?? '') !== headers[2]?.[1],
    )
    if (found === undefined) throw new Error('no such signature')
    return found
  }
  const respelled = (text: string): string =>
    text.startsWith('{')
      ? JSON.stringify(JSON.parse(text), null, 1)
      : new URLSearchParams([...new URLSearchParams(text)].toReversed()).toString()

  const cases: ReadonlyArray<[what: string, of: (text: string) => ListedMessage, ours: string]> = [
    ['signed by the first live secret', (text) => signed(live[0], nowMs, text), 'msg_1'],
    ['signed by the second live secret', (text) => signed(live[1], nowMs, text), 'msg_1'],
    [
      'signed by a retired secret',
      (text) => signed(secretOf('retired'), nowMs, text),
      'no_matching_signature',
    ],
    ['five minutes old', (text) => signed(live[0], nowMs - 300_000, text), 'msg_1'],
    ['older', (text) => signed(live[0], nowMs - 301_000, text), 'too_old'],
    ['five minutes early', (text) => signed(live[0], nowMs + 300_000, text), 'msg_1'],
    ['earlier', (text) => signed(live[0], nowMs + 301_000, text), 'too_new'],
    [
      'among other signatures',
      (text) => rename(signed(live[1], nowMs, text), (each) => `v1a,x v1,AAAA ${each}`),
      'msg_1',
    ],
    ['with a URL-safe signature', (text) => rename(withSigns(text), urlSafe), 'no_matching_signature'],
    [
      'spelled again',
      (text) => ({ ...signed(live[0], nowMs, text), rawBody: Buffer.from(respelled(text)) }),
      'no_matching_signature',
    ],
    [
      'of another id',
      (text) => ({
        ...signed(live[0], nowMs, text),
        headers: signed(live[0], nowMs, text).headers.with(0, ['webhook-id', 'msg_2']),
      }),
      'no_matching_signature',
    ],
    ['unsigned', (text) => ({ headers: [], rawBody: Buffer.from(text) }), 'missing_header'],
  ]

  test.each(cases)('W-09, W-10, W-21: %s', async (_, of, ours) => {
    vi.useFakeTimers({ now: nowMs, toFake: ['Date'] })
    for (const text of [body, old]) {
      const message = of(text)
      expect(outcome(message, live), text).toBe(ours)
      const theirs = await Promise.all(
        live.map((each) =>
          PortOne.Webhook.verify(
            each,
            Buffer.from(message.rawBody).toString(),
            Object.fromEntries(message.headers),
          ).then(
            () => 'verified',
            (error: unknown) => (error instanceof SyntaxError ? 'unreadable' : 'refused'),
          ),
        ),
      )
      // The gateway's own verifier parses a form body as JSON, and throws although its signature is right.
      const right = text === old ? 'unreadable' : 'verified'
      expect(theirs.includes(right), text).toBe(ours === 'msg_1')
    }
  })

  test('W-17: a doubled header is refused by both', async () => {
    vi.useFakeTimers({ now: nowMs, toFake: ['Date'] })
    const { headers, rawBody } = signed(live[0], nowMs)
    for (const [name, value] of headers) {
      expect(outcome({ headers: [...headers, [name, value]], rawBody }, live)).toBe('doubled_header')
      const doubled = { ...Object.fromEntries(headers), [name]: [value, value] }
      const theirs = await PortOne.Webhook.verify(live[0] ?? '', body, doubled).catch(
        (error: unknown) => error,
      )
      expect(theirs).toMatchObject({ reason: 'MISSING_REQUIRED_HEADERS' })
    }
  })
})

/** What can be done to the three headers on their way. `stricter`: refused here, whatever the official verifiers say. */
type Variant = {
  readonly what: string
  readonly change: (headers: Headers3) => ReadonlyArray<readonly [string, string]>
  readonly stricter?: boolean
}
type Headers3 = { readonly id: string; readonly timestamp: string; readonly signature: string }

const plain = ({ id, timestamp, signature }: Headers3) =>
  [
    ['webhook-id', id],
    ['webhook-timestamp', timestamp],
    ['webhook-signature', signature],
  ] as const
const signatureAs =
  (change: (signature: string) => string): Variant['change'] =>
  (headers) =>
    plain({ ...headers, signature: change(headers.signature) })
const timestampAs =
  (change: (timestamp: string) => string): Variant['change'] =>
  (headers) =>
    plain({ ...headers, timestamp: change(headers.timestamp) })

const variants: readonly Variant[] = [
  ...[0, 1, 2, 3].map(() => ({ what: 'as signed', change: plain })),
  {
    what: 'in capitals',
    change: (headers) => plain(headers).map(([name, value]) => [name.toUpperCase(), value]),
  },
  ...[0, 1, 2].map((at) => ({
    what: 'one missing',
    change: (headers: Headers3) => plain(headers).toSpliced(at, 1),
  })),
  ...[0, 1, 2].map((at) => ({
    what: 'one empty',
    change: (headers: Headers3) =>
      plain(headers).map(([name, value], index) => [name, index === at ? '' : value] as const),
  })),
  { what: 'among others', change: signatureAs((each) => `v1a,xyz v1,AAAA  ${each} v2,BBBB`) },
  { what: 'of another version', change: signatureAs((each) => each.replace('v1,', 'v2,')) },
  { what: 'without a version', change: signatureAs((each) => each.slice(3)) },
  { what: 'cut', change: signatureAs((each) => each.slice(0, -5)) },
  {
    what: 'one bit flipped',
    change: signatureAs((each) => each.replace(/,./, (first) => (first === ',A' ? ',B' : ',A'))),
  },
  { what: 'not base64', change: signatureAs(() => 'v1,***') },
  {
    what: 'URL-safe base64',
    change: signatureAs((each) => each.replaceAll('+', '-').replaceAll('/', '_')),
  },
  { what: 'another id', change: (headers) => plain({ ...headers, id: `${headers.id}x` }) },
  { what: 'a second later', change: timestampAs((each) => String(Number(each) + 1)) },
  { what: 'no time', change: timestampAs(() => 'yesterday') },
  // The exceptions, each of them: the official verifiers, or one of them, take these.
  ...[0, 1, 2].map((at) => ({
    what: 'a doubled header (the library takes the last)',
    stricter: true,
    change: (headers: Headers3) => [
      ...plain(headers),
      ...plain(headers)
        .slice(at, at + 1)
        .map(([name, value]) => [name.toUpperCase(), value] as const),
    ],
  })),
  {
    what: 'a signature that was doubled and joined',
    stricter: true,
    change: signatureAs((each) => `${each}, ${each}`),
  },
  { what: 'a time with words behind it', stricter: true, change: timestampAs((each) => `${each}s`) },
  { what: 'a time with a blank before it', stricter: true, change: timestampAs((each) => ` ${each}`) },
  { what: 'a time with a sign', stricter: true, change: timestampAs((each) => `+${each}`) },
  { what: 'a time with a nought before it', stricter: true, change: timestampAs((each) => `0${each}`) },
  { what: 'a time with a fraction', stricter: true, change: timestampAs((each) => `${each}.9`) },
  { what: 'a signature with a third part', stricter: true, change: signatureAs((each) => `${each},x`) },
  {
    what: 'base64 without its padding',
    stricter: true,
    change: signatureAs((each) => each.replace(/=+$/, '')),
  },
]

describe('the gateway’s own verifier and the Standard Webhooks library', () => {
  afterEach(() => vi.useRealTimers())

  const secrets = fc
    .tuple(fc.uint8Array({ minLength: 1, maxLength: 64 }), fc.boolean())
    .map(([key, prefixed]) => `${prefixed ? 'whsec_' : ''}${Buffer.from(key).toString('base64')}`)
  const messages = fc.record({
    secrets: fc.array(secrets, { minLength: 1, maxLength: 3 }),
    signer: fc.nat(3),
    retired: secrets,
    id: fc.oneof(fc.constant('msg_1'), fc.string({ minLength: 1, maxLength: 20, unit: 'binary' })),
    text: fc.oneof(
      fc.constant(''),
      fc.json(),
      fc.string({ unit: 'binary' }),
      fc.constant('{"name":"제주 한라봉 드립백"}'),
    ),
    lateSeconds: fc.constantFrom(0, 0, 0, 299, 300, 301, -299, -300, -301, 86_400),
    variant: fc.constantFrom(...variants),
    tampered: fc.nat(9).map((chance) => chance === 0),
  })

  /** The official verdicts over every live secret; bodies that are signed but no JSON count as verified. */
  const official = async (
    live: readonly string[],
    text: string,
    headers: ReadonlyArray<readonly [string, string]>,
  ) => {
    const given: Record<string, string> = Object.fromEntries(headers)
    const byGateway = live.map((each) =>
      PortOne.Webhook.verify(each, text, given).then(
        () => true,
        (error: unknown) => error instanceof SyntaxError,
      ),
    )
    const byLibrary = live.map((each) => {
      try {
        new Webhook(each).verify(text, given, { jsonParse: false })
        return true
      } catch {
        return false
      }
    })
    return { gateway: (await Promise.all(byGateway)).includes(true), library: byLibrary.includes(true) }
  }

  test('W-09, W-10, W-17: agree with this one on generated messages, but where this one is stricter', async () => {
    vi.useFakeTimers({ now: nowMs, toFake: ['Date'] })
    const met = { taken: 0, refused: 0, stricter: 0, takenThereAlone: 0 }
    const agree = fc.asyncProperty(
      messages,
      async ({ secrets: live, signer, retired, id, text, lateSeconds, variant, tampered }) => {
        const by = live[signer] ?? retired
        const at = new Date(nowMs - lateSeconds * 1000)
        const signature = new Webhook(by).sign(id, at, text)
        const headers = variant.change({ id, timestamp: String(at.getTime() / 1000), signature })
        const sent = tampered ? `${text} ` : text
        const theirs = await official(live, sent, headers)
        const ours = verifySignature({ headers, rawBody: Buffer.from(sent) }, webhookKeys(live), nowMs).ok
        if (variant.stricter === true) {
          met.stricter += 1
          if (theirs.gateway || theirs.library) met.takenThereAlone += 1
          expect(ours, variant.what).toBe(false)
          return
        }
        met[ours ? 'taken' : 'refused'] += 1
        expect({ ours, ...theirs }, variant.what).toEqual({ ours, gateway: ours, library: ours })
      },
    )
    await fc.assert(agree, { numRuns: 1_000 })
    for (const [what, times] of Object.entries(met)) expect(times, what).toBeGreaterThan(30)
  })
})
