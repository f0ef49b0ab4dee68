import type BetterSqlite3 from 'better-sqlite3'

/**
 * Turns `limit ?` into an expression. SQLite's planner uses the number bound to a bare `limit ?`, and so compiles the
 * statement again at each binding, which costs more than reading a few due rows. It does not evaluate an expression.
 */
export const limitAsExpression = (text: string): string => text.replaceAll(' limit ?', ' limit 0 + ?')

/** The connection, with every statement compiled once. */
export const prepareOnce = (raw: BetterSqlite3.Database): BetterSqlite3.Database =>
  new Proxy(raw, {
    get: (target, key): unknown =>
      key === 'prepare'
        ? (text: string) => target.prepare(limitAsExpression(text))
        : Reflect.get(target, key, target),
  })
