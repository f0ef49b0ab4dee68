// What one source file says: its imports, and the few habits that no lint rule sees. Read from the syntax tree.

import { parseSync, Visitor } from 'oxc-parser'
import { isSilencer, skipsTest, swallowsError } from './habits.ts'
import type { HabitKind } from './habits.ts'

export type SourceText = { path: string; text: string }

/** One import, export-from, dynamic import or type import. `typeOnly` leaves nothing behind at run time. */
export type Import = { specifier: string; typeOnly: boolean; line: number }
export type Habit = { kind: HabitKind; line: number; seen: string }
export type Source = { path: string; imports: Import[]; habits: Habit[] }

type Span = { start: number; end: number }

export function readSource({ path, text }: SourceText): Source {
  const parsed = parseSync(path, text)
  const imports: Import[] = []
  const habits: Habit[] = []
  const lineOf = (offset: number): number => text.slice(0, offset).split('\n').length
  const see = (kind: HabitKind, { start, end }: Span): void => {
    habits.push({ kind, line: lineOf(start), seen: text.slice(start, end).replace(/\s+/g, ' ').slice(0, 80) })
  }
  const take = (source: { value: unknown; start: number; end: number } | null, typeOnly: boolean): void => {
    if (source === null || typeof source.value !== 'string') return
    imports.push({ specifier: source.value, typeOnly, line: lineOf(source.start) })
  }

  for (const problem of parsed.errors) {
    const at = problem.labels[0]?.start ?? 0
    habits.push({ kind: 'unreadable', line: lineOf(at), seen: problem.message })
  }
  for (const comment of parsed.comments) if (isSilencer(comment.value)) see('silences_linter', comment)

  new Visitor({
    ImportDeclaration: (node) => take(node.source, node.importKind === 'type'),
    ExportNamedDeclaration: (node) => take(node.source, node.exportKind === 'type'),
    ExportAllDeclaration: (node) => take(node.source, node.exportKind === 'type'),
    ImportExpression: (node) => take(node.source.type === 'Literal' ? node.source : null, false),
    TSImportType: (node) => take(node.source, true),
    MemberExpression: (node) => {
      if (skipsTest(node)) see('skips_test', node)
    },
    CatchClause: (node) => {
      if (swallowsError(node)) see('swallows_error', node)
    },
    CallExpression: (node) => {
      if (swallowsError(node)) see('swallows_error', node)
      if (skipsTest(node)) see('skips_test', node)
    },
  }).visit(parsed.program)
  return { path, imports, habits }
}
