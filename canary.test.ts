// Runs after every other suite and looks through all they have written: twelve secrets and six personal values stand nowhere (S-17).

import { readFileSync } from 'node:fs'
import { describe, expect, test } from 'vitest'
import { canariesIn, formsOf, leaksIn, readWritten, type Text } from './scripts/canary/leaks.ts'

const root = import.meta.dirname
const { secrets, personal } = canariesIn(readFileSync(`${root}/scripts/canary/canaries.json`, 'utf8'))
const canaries = { ...secrets, ...personal }

/**
 * Where a canary may stand. The view token is the address of its own screen, so answers and pages carry it; a card's masked number is shown
 * to whoever holds the order's own link. Everything else may stand nowhere.
 */
const allowed: Readonly<Record<string, readonly string[]>> = {
  'view token': ['answers', 'screens', 'pages'],
  'card number, as the gateway masks it': ['screens', 'pages'],
}

/** What each suite must have written at least, for its silence to mean something: a third of what it writes. */
const least: Readonly<Record<string, Readonly<Record<string, number>>>> = {
  test: { given: 150, logs: 5_000, metrics: 150, notices: 300, screens: 300, answers: 2_000 },
  proof: { given: 10, logs: 300 },
  e2e: { given: 3, logs: 300, pages: 40 },
}

describe('S-17, P-03, P-04: what every other suite has written', () => {
  const written = readWritten(`${root}/node_modules/.cache/landfall/written`)

  test('twelve secrets and six personal values are planted', () => {
    expect([Object.keys(secrets).length, Object.keys(personal).length]).toEqual([12, 6])
    expect(new Set(Object.values(canaries)).size).toBe(18)
    const met = new Set(written.flatMap(({ came }) => came))
    expect(Object.keys(canaries).filter((name) => !met.has(name))).toEqual([])
  })

  test.for(Object.entries(least))('%s has written enough to mean something', ([suite, counts]) => {
    const counted = Object.keys(counts).map((place) => [
      place,
      written.filter((each) => each.suite === suite && each.place === place).length,
    ])
    const tooFew = counted.filter(([place, count]) => Number(count) < (counts[String(place)] ?? 0))
    expect(tooFew, `run all of «npx -y pnpm test» first; seen: ${JSON.stringify(counted)}`).toEqual([])
  })

  test('no canary stands where it must not, in no form', () => {
    expect(leaksIn(written, canaries, allowed)).toEqual([])
  })
})

describe('the search itself', () => {
  const line = (text: string, place = 'logs'): Text[] => [
    { suite: 'test', place, where: `${place}.jsonl:1`, test: 'a test', text, came: [] },
  ]
  const value = '김 canary/4096+x'

  test.for([
    ['as it is', value],
    ['in JSON', JSON.stringify({ value })],
    ['escaped', '\\uae40 canary/4096+x'],
    ['percent-encoded', encodeURIComponent(value).toLowerCase()],
    ['as a form', new URLSearchParams({ value }).toString()],
    ['in hex', Buffer.from(value).toString('hex').toUpperCase()],
    ['in base64', Buffer.from(value).toString('base64')],
    ['in base64, one byte on', Buffer.from(`x${value}y`).toString('base64')],
    ['in base64url, two bytes on', Buffer.from(`xy${value}z`).toString('base64url')],
  ])('a canary %s is found', ([, text = '']) => {
    expect(formsOf(value).length).toBeGreaterThanOrEqual(8)
    expect(leaksIn(line(`before ${text} after`), { name: value }, {})).toEqual([
      'logs.jsonl:1: name, in «a test»',
    ])
  })

  test('a place is allowed for one canary and not for another', () => {
    const text = 'one-canary-1 two-canary-2'
    const two = { one: 'one-canary-1', two: 'two-canary-2' }
    expect(leaksIn(line(text, 'pages'), two, { one: ['pages'] })).toEqual(['pages.jsonl:1: two, in «a test»'])
    expect(leaksIn(line(text), two, { one: ['pages'] })).toHaveLength(2)
  })
})
