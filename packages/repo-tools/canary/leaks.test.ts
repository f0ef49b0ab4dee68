import { describe, expect, test } from 'vitest'
import { formsOf, leaksIn, type Text } from './leaks.ts'

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
