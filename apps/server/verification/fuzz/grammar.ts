import fc from 'fast-check'
import { readdirSync, readFileSync } from 'node:fs'
import { z } from 'zod'

/** Stands in every hostile text: whatever quotes its input back, or writes it into the log, is found by it. */
export const INPUT_MARK = 'zqInput'
/** Stands in hostile paths: the answer of a procedure names its path, the log does not. */
export const PATH_MARK = 'zqPath'

const Fixture = z.object({
  returnQuery: z.string().optional(),
  webhook: z.record(z.string(), z.unknown()).optional(),
  annotation: z.object({ response: z.unknown() }).loose().optional(),
})
const folder = new URL('../../../../packages/payment-core/fixtures/', import.meta.url)
const fixtures = readdirSync(folder)
  .toSorted()
  .map((name) => Fixture.parse(JSON.parse(readFileSync(new URL(name, folder), 'utf8'))))

/** The gateway's own documented samples: what every input starts from. */
export const samples = {
  queries: fixtures.flatMap(({ returnQuery }) => (returnQuery === undefined ? [] : [returnQuery])),
  webhooks: fixtures.flatMap(({ webhook }) => (webhook === undefined ? [] : [webhook])),
  annotations: fixtures.flatMap(({ annotation }) => (annotation?.response ? [annotation] : [])),
}

const markups = [
  '<script>alert(1)</script>',
  '"><img src=x onerror=alert(1)>',
  '</script><!--',
  'javascript:alert(1)',
  '//evil.example/',
  '=1+1',
  'x\r\nset-cookie: a=b\r\n\r\n',
  '\u001B[31m\u0000\u0007\u009B2J',
  '\u202Eexe.gpj\u2066',
  '\uD800',
  '\uDC00\uD83D',
  '\uFEFF\u200B',
  "' or 1=1 --",
  '../../users/getToken',
  '%00%0d%0a%ZZ%',
  '사용자가 결제를 취소하셨습니다',
]

/** Text nobody should trust: markup, control and direction marks, half characters, far too long. */
export const hostileText: fc.Arbitrary<string> = fc.oneof(
  { weight: 6, arbitrary: fc.constantFrom(...markups).map((text) => INPUT_MARK + text) },
  { weight: 2, arbitrary: fc.string({ unit: 'binary', maxLength: 12 }) },
  { weight: 1, arbitrary: fc.string({ unit: 'grapheme', maxLength: 12 }) },
  { weight: 1, arbitrary: fc.constantFrom('', ' ', 'null', 'undefined', 'true', 'false', '0', '-0', 'NaN') },
  {
    weight: 1,
    arbitrary: fc.constantFrom(40, 41, 64, 300, 4_000, 10_240).map((size) => INPUT_MARK.padEnd(size, '가')),
  },
)

const numbers = [0, -0, -1, 0.1, 1e-7, 14_000.5, 2 ** 53, 2 ** 53 - 1, 1e21, 1e308, -1e308, 8.64e15 + 1, 1e14]
const pollutingNames = ['__proto__', 'constructor', 'prototype', 'toString', 'hasOwnProperty', '$gt', '']

const scalar: fc.Arbitrary<unknown> = fc.oneof(
  { weight: 3, arbitrary: hostileText },
  { weight: 2, arbitrary: fc.constantFrom(...numbers) },
  { weight: 1, arbitrary: fc.constantFrom(null, true, false) },
)

/** A JSON value where another was expected. */
export const hostileValue: fc.Arbitrary<unknown> = fc.oneof(
  { weight: 6, arbitrary: scalar },
  { weight: 1, arbitrary: fc.array(scalar, { maxLength: 3 }) },
  {
    weight: 1,
    arbitrary: fc.tuple(fc.constantFrom(...pollutingNames), scalar).map(([key, value]) => ({ [key]: value })),
  },
  { weight: 1, arbitrary: fc.constantFrom(2, 9, 200).map((depth) => nested(depth)) },
)

function nested(depth: number): unknown {
  let value: unknown = INPUT_MARK
  for (let level = 0; level < depth; level += 1) value = level % 2 === 0 ? [value] : { a: value }
  return value
}

type Edit = {
  readonly at: number
  readonly how: 'drop' | 'replace' | 'swap' | 'add' | 'wrap'
  readonly with: unknown
}
/** One change to the shape of a thing. */
export const oneEdit: fc.Arbitrary<Edit> = fc.record({
  at: fc.nat(60),
  how: fc.constantFrom('drop', 'replace', 'replace', 'swap', 'add', 'wrap'),
  with: hostileValue,
})
/** None to three changes to the shape of a thing. */
export const edits = fc.array(oneEdit, { maxLength: 3 })

/** A valid object with its fields dropped, swapped, replaced, wrapped, or strangers added. */
export function edited(
  valid: Readonly<Record<string, unknown>>,
  changes: readonly Edit[],
): Record<string, unknown> {
  const entries: Array<[string, unknown]> = Object.entries(valid)
  for (const { at, how, with: value } of changes) {
    const index = entries.length === 0 ? 0 : at % entries.length
    const found = entries[index]
    const next = entries[(index + 1) % Math.max(1, entries.length)]
    if (how === 'add' || found === undefined || next === undefined)
      entries.push([pollutingNames[at % pollutingNames.length] ?? 'x', value])
    else if (how === 'drop') entries.splice(index, 1)
    else if (how === 'replace') found[1] = value
    else if (how === 'wrap') found[1] = [found[1]]
    else [found[1], next[1]] = [next[1], found[1]]
  }
  return Object.fromEntries(entries)
}

type Damage = {
  readonly at: number
  readonly how: 'none' | 'cut' | 'insert' | 'double' | 'flip'
  readonly bytes: string
}
const euckr = '\xBB\xE7\xBF\xEB\xC0\xDA'
const damage: fc.Arbitrary<Damage> = fc.record({
  at: fc.nat(2_000),
  how: fc.constantFrom('none', 'none', 'none', 'cut', 'insert', 'double', 'flip'),
  bytes: fc.constantFrom(euckr, '\xC3\x28\xFF', '\x00', '\r\n', '[[[[[[[[[[', '"', '\\', '\xEF\xBB\xBF', ','),
})
/** What can happen to bytes on their way. */
export const damages = damage

/** Bytes cut off, doubled, or with others among them: EUC-KR, broken UTF-8, a NUL, quotes and brackets. */
export function damaged(bytes: Buffer, { at, how, bytes: strange }: Damage): Buffer {
  const place = bytes.length === 0 ? 0 : at % bytes.length
  const [head, tail] = [bytes.subarray(0, place), bytes.subarray(place)]
  if (how === 'none') return bytes
  if (how === 'cut') return head
  if (how === 'double') return Buffer.concat([bytes, tail])
  if (how === 'insert') return Buffer.concat([head, Buffer.from(strange, 'latin1'), tail])
  const flipped = Buffer.from(bytes)
  if (flipped.length > 0) flipped[place] = (flipped[place] ?? 0) ^ 0x80
  return flipped
}

/** Content types, true ones, false ones and strange ones. None is marked: the log tells the type that was refused. */
export const contentTypes = fc.oneof(
  { weight: 6, arbitrary: fc.constantFrom('application/json', 'application/x-www-form-urlencoded') },
  {
    weight: 3,
    arbitrary: fc.constantFrom(
      'application/json; charset=EUC-KR',
      'APPLICATION/JSON',
      'application/x-www-form-urlencoded; charset=euc-kr',
      'text/plain',
      'multipart/form-data; boundary=x',
      'application/json, text/html',
      'application/jsonx',
      'strange/\u009B2J\u00FF',
      '',
    ),
  },
)
