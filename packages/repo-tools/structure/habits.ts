// Coding rules that oxlint has no rule for, each recognised in one node of the syntax tree.

import type { CallExpression, CatchClause, Expression, MemberExpression } from 'oxc-parser'

export type HabitKind = 'swallows_error' | 'skips_test' | 'silences_linter' | 'unreadable'

const testFunctions = new Set(['test', 'it', 'describe', 'suite'])
const testContexts = new Set(['context', 'ctx', 't'])
const skippingWords = new Set(['skip', 'skipIf', 'runIf', 'only', 'todo', 'fails'])

export function isSilencer(comment: string): boolean {
  return /^[\s*]*(?:oxlint-disable|eslint-disable|@ts-nocheck|@ts-ignore)/.test(comment)
}

/** `test.skip`, `it.runIf(…)`, `context.skip()`, `test('…', { skip: true }, …)`. oxlint sees only the first kind. */
export function skipsTest(node: MemberExpression | CallExpression): boolean {
  if (node.type === 'MemberExpression') {
    const root = rootName(node.object)
    if (root === null || !(testFunctions.has(root) || testContexts.has(root))) return false
    return skippingWords.has(propertyName(node) ?? '')
  }
  if (!testFunctions.has(rootName(node.callee) ?? '')) return false
  return node.arguments.some(
    (argument) =>
      argument.type === 'ObjectExpression' &&
      argument.properties.some(
        (property) =>
          property.type === 'Property' &&
          property.key.type === 'Identifier' &&
          skippingWords.has(property.key.name),
      ),
  )
}

/** `catch {}` with or without a comment in it, `.catch(() => {})`, and the same saying `undefined` or `null`. */
export function swallowsError(node: CatchClause | CallExpression): boolean {
  if (node.type === 'CatchClause') return node.body.body.length === 0
  if (node.callee.type !== 'MemberExpression' || propertyName(node.callee) !== 'catch') return false
  const handler = node.arguments[0]
  if (handler?.type !== 'ArrowFunctionExpression' && handler?.type !== 'FunctionExpression') return false
  const body = handler.body
  if (body === null) return false
  if (body.type === 'BlockStatement') return body.body.length === 0
  if (body.type === 'UnaryExpression') return body.operator === 'void' && body.argument.type === 'Literal'
  return isNamed(body, 'undefined') || (body.type === 'Literal' && body.value === null)
}

function isNamed(node: { type: string; name?: unknown }, name: string): boolean {
  return node.type === 'Identifier' && node.name === name
}

function propertyName(node: MemberExpression): string | null {
  if (node.computed) return node.property.type === 'Literal' ? String(node.property.value) : null
  return node.property.type === 'Identifier' ? node.property.name : null
}

/** The name a chain of members and calls begins with: `test` in `test.each([])('x', …)`. */
function rootName(node: Expression): string | null {
  if (node.type === 'Identifier') return node.name
  if (node.type === 'MemberExpression') return rootName(node.object)
  if (node.type === 'CallExpression') return rootName(node.callee)
  return null
}
