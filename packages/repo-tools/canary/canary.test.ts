// Runs after the other suites of `test`, and again after those of `proof ci`, and looks through all they have written: twelve secrets and six
// personal values stand nowhere (S-17).

import { readFileSync } from 'node:fs'
import { fileURLToPath } from 'node:url'
import { describe, expect, test } from 'vitest'
import { canariesIn, leaksIn, readWritten, type Text } from './leaks.ts'

const root = fileURLToPath(new URL('../../..', import.meta.url))
const { secrets, personal } = canariesIn(
  readFileSync(`${root}/packages/repo-tools/canary/canaries.json`, 'utf8'),
)
const canaries = { ...secrets, ...personal }

/**
 * Where a canary may stand. The view token is the address of its own screen, so answers and pages carry it; a card's masked number is shown
 * to whoever holds the order's own link, and told to the shop. Everything else may stand nowhere.
 */
const allowed: Readonly<Record<string, readonly string[]>> = {
  'view token': ['answers', 'screens', 'pages'],
  'card number, as the gateway masks it': ['screens', 'pages', 'answers', 'notices'],
}

/** What each suite must have written at least, for its silence to mean something: a third of what it writes. */
const least: Readonly<Record<string, Readonly<Record<string, number>>>> = {
  test: { given: 150, logs: 5_000, metrics: 150, notices: 300, screens: 300, answers: 2_000 },
  e2e: { given: 3, logs: 200, pages: 40 },
  proof: { given: 10, logs: 300 },
  'e2e-proof': { given: 14, logs: 260, pages: 45 },
}

/** What a server process has in its environment. */
const givenToServers = [
  'gateway key',
  'gateway secret',
  'merchant key',
  'second merchant key',
  'token secret',
  'older token secret',
  'notice secret',
]

const folder = `${root}/node_modules/.cache/landfall/written`

describe('S-17, P-03, P-04: after test', () => {
  test('fourteen secrets and six personal values are planted, and each came in', () => {
    expect([Object.keys(secrets).length, Object.keys(personal).length]).toEqual([14, 6])
    expect(new Set(Object.values(canaries)).size).toBe(20)
    expect(neverCame(canaries, writtenBy('test', 'e2e'))).toEqual([])
  })

  test.for(['test', 'e2e'])('%s has written enough to mean something', (suite) => {
    expect(tooFewOf(suite)).toEqual([])
  })

  test('no canary stands where it must not, in no form', () => {
    expect(leaksIn(writtenBy('test', 'e2e'), canaries, allowed)).toEqual([])
  })
})

describe('S-17, P-03: after proof', () => {
  test('what server processes are given came in', () => {
    expect(neverCame(canaries, writtenBy('proof')).filter((name) => givenToServers.includes(name))).toEqual(
      [],
    )
  })

  test.for(['proof', 'e2e-proof'])('%s has written enough to mean something', (suite) => {
    expect(tooFewOf(suite)).toEqual([])
  })

  test('no canary stands where it must not, in no form', () => {
    expect(leaksIn(writtenBy('proof', 'e2e-proof'), canaries, allowed)).toEqual([])
  })
})

function writtenBy(...suites: readonly string[]): Text[] {
  return readWritten(folder).filter(({ suite }) => suites.includes(suite))
}

function neverCame(planted: Readonly<Record<string, string>>, written: readonly Text[]): string[] {
  const met = new Set(written.flatMap(({ came }) => came))
  return Object.keys(planted).filter((name) => !met.has(name))
}

/** Places in which a suite has written less than it must; all of them when it did not run. */
function tooFewOf(suite: string): string[] {
  const written = writtenBy(suite)
  return Object.entries(least[suite] ?? {}).flatMap(([place, count]) => {
    const seen = written.filter((each) => each.place === place).length
    return seen < count ? [`${place}: ${seen} of ${count}, run all of the suite first`] : []
  })
}
