import { describe, expect, test } from 'vitest'
import { refusalLines, terminalLines } from './terminal-lines.ts'

const words = (count: number): string => Array.from({ length: count }, (_, index) => `word${index}`).join(' ')

describe('text for a terminal', () => {
  test('short lines stay as they are, spaces within them included', () => {
    const text = 'one  line\n\n  another'
    expect(terminalLines(text)).toBe(text)
  })

  test('a long line is broken between words, and its rest indented below it', () => {
    const lines = terminalLines(`  ${words(40)}\nnext`).split('\n')
    expect(lines.length).toBeGreaterThan(3)
    expect(Math.max(...lines.map(({ length }) => length))).toBeLessThanOrEqual(90)
    expect(lines.map((line) => /^ */.exec(line)?.[0].length)).toEqual([
      2,
      ...Array.from({ length: lines.length - 2 }, () => 4),
      0,
    ])
    expect(lines.slice(0, -1).join(' ').trim().split(/ +/).join(' ')).toBe(words(40))
  })

  test('a word that fits no line is left whole: an address or a path can still be copied', () => {
    const path = `/${'a'.repeat(120)}`
    expect(terminalLines(`There is no file ${path} here.`)).toBe(`There is no file\n  ${path}\n  here.`)
    expect(terminalLines(path)).toBe(path)
  })

  test('each reason has a line of its own', () => {
    expect(refusalLines(['PORT is wrong', 'HOST is wrong'])).toBe(
      'Landfall does not start:\n  PORT is wrong\n  HOST is wrong',
    )
  })
})
