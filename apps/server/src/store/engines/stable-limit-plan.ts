import type BetterSqlite3 from 'better-sqlite3'

/**
 * SQLite plans by the number that is bound to a bare `limit ?`, and compiles the statement anew whenever it is bound again: for looks at a few
 * due rows that costs more than the look. An expression it does not look into.
 */
export const plannedOnce = (text: string): string => text.replaceAll(' limit ?', ' limit 0 + ?')

/** The connection, with every statement planned once. */
export const planned = (raw: BetterSqlite3.Database): BetterSqlite3.Database =>
  new Proxy(raw, {
    get: (target, key): unknown =>
      key === 'prepare'
        ? (text: string) => target.prepare(plannedOnce(text))
        : Reflect.get(target, key, target),
  })
