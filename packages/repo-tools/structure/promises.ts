// Which tests promise which case of the catalogue: read from the names of tests and of the groups around them.

import { parseSync, Visitor } from 'oxc-parser'
import type { SourceText } from './source.ts'

/** A test's name and the file it stands in. */
export type Promise = { readonly id: string; readonly name: string; readonly path: string }

const oneId = /\b([RWGMVKCNOPDSL])-(\d\d)\b/g
/** `G-03…G-07`, `L-01 … L-04`: all of them. */
const range = /\b([RWGMVKCNOPDSL])-(\d\d)\s*[…–]\s*\1-(\d\d)\b/g

/** The ids a name cites. */
export function idsIn(name: string): string[] {
  const ids = new Set([...name.matchAll(oneId)].map((match) => match[0]))
  for (const [, group = '', from = '', to = ''] of name.matchAll(range))
    for (let number = Number(from); number <= Number(to); number += 1)
      ids.add(`${group}-${String(number).padStart(2, '0')}`)
  return [...ids]
}

/** Every string in the arguments of `test`, `describe` and their `each`: tables of cases carry ids too. */
export function promisesIn({ path, text }: SourceText): Promise[] {
  const promises: Promise[] = []
  const calls: Array<{ start: number; end: number }> = []
  const { program } = parseSync(path, text)
  const take = (name: string, at: number): void => {
    if (!calls.some(({ start, end }) => start <= at && at < end)) return
    for (const id of idsIn(name)) promises.push({ id, name: name.replace(/\s+/g, ' ').slice(0, 160), path })
  }
  new Visitor({
    CallExpression: (node) => {
      const callee = text.slice(node.callee.start, node.callee.end)
      const [first] = node.arguments
      if (first === undefined || !/^(test|describe)(\.(each|for))?\b/.test(callee)) return
      const table = /\.(each|for)$/.test(callee)
      const name = first.type === 'Literal' || first.type === 'TemplateLiteral'
      if (table || name) calls.push({ start: first.start, end: first.end })
    },
  }).visit(program)
  new Visitor({
    Literal: (node) => {
      if (typeof node.value === 'string') take(node.value, node.start)
    },
    TemplateElement: (node) => take(node.value.raw, node.start),
  }).visit(program)
  return promises
}
