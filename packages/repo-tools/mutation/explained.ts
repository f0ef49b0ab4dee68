import { readFileSync } from 'node:fs'
import type { Explained } from './judge.ts'
import { root } from './rooms.ts'

const fields = ['file', 'line', 'original', 'replacement', 'why'] as const

/** `packages/repo-tools/mutation/survivors.json`: each mutant that may live, and a sentence that says why. */
export function readExplained(): Explained[] {
  const read: unknown = JSON.parse(readFileSync(`${root}packages/repo-tools/mutation/survivors.json`, 'utf8'))
  if (!Array.isArray(read)) throw new Error('packages/repo-tools/mutation/survivors.json is not a list')
  return read.map((each: unknown) => {
    const given = new Map<string, unknown>(Object.entries(each ?? {}))
    const [file, line, original, replacement, why] = fields.map((name) => {
      const value = given.get(name)
      if (typeof value !== 'string') throw new Error(`${name} is missing: ${JSON.stringify(each)}`)
      return value
    })
    if (!/^[A-Z`«].{20,}\.$/s.test(why ?? '')) throw new Error(`why is no sentence: ${JSON.stringify(each)}`)
    return {
      file: file ?? '',
      line: line ?? '',
      original: original ?? '',
      replacement: replacement ?? '',
      why: why ?? '',
    }
  })
}
