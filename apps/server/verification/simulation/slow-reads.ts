import type { Query } from '../../src/store/engines/open.ts'

type Wait = () => Promise<void>

/** Reads that take time, as those of a database server do: between a read and what follows from it others may write. */
export class SlowReads {
  readonly query: Query
  wait: Wait = async () => undefined

  constructor(query: Query) {
    this.query = slowReads(query, () => this.wait())
  }
}

function slowReads(query: Query, wait: Wait): Query {
  const slow = <T extends object>(builder: T): T =>
    new Proxy(builder, {
      get(target, key, self): unknown {
        const value: unknown = Reflect.get(target, key, self)
        if (key === 'prepare' && typeof value === 'function') {
          const prepare = (): unknown => Reflect.apply(value, target, [])
          return () => slowPrepared(prepare, wait)
        }
        if (key !== 'then' || typeof value !== 'function') return value
        return (good: unknown, bad: unknown): unknown =>
          wait().then(() => {
            const read: unknown = Reflect.apply(value, target, [good, bad])
            return read
          })
      },
    })
  const from = <T extends object>(builder: T): T =>
    new Proxy(builder, {
      get(target, key): unknown {
        const value: unknown = Reflect.get(target, key, target)
        if (key !== 'from' || typeof value !== 'function') return value
        return (table: unknown): unknown => {
          const read: unknown = Reflect.apply(value, target, [table])
          return typeof read === 'object' && read !== null ? slow(read) : read
        }
      },
    })
  return new Proxy(query, {
    get(target, key): unknown {
      const value: unknown = Reflect.get(target, key, target)
      if (key !== 'select' || typeof value !== 'function') return value
      return (...fields: unknown[]): unknown => {
        const builder: unknown = Reflect.apply(value, target, fields)
        return typeof builder === 'object' && builder !== null ? from(builder) : builder
      }
    },
  })
}

/** A statement prepared once waits at each run of it. */
function slowPrepared(prepare: () => unknown, wait: Wait): unknown {
  const prepared = prepare()
  if (typeof prepared !== 'object' || prepared === null) return prepared
  return new Proxy(prepared, {
    get(target, key): unknown {
      const value: unknown = Reflect.get(target, key, target)
      if (key !== 'execute' || typeof value !== 'function') return value
      return async (values: unknown): Promise<unknown> => {
        await wait()
        const rows: unknown = Reflect.apply(value, target, [values])
        return rows
      }
    },
  })
}
