import type { Http } from '../src/gateway/http.ts'
import { StorageUnavailable, type Database } from '../src/store/engines/open.ts'
import { during } from './in-flight.ts'

/** A process that can be killed. Once dead it writes nothing, calls nobody, and its pending calls never settle. */
export function lifeOf(disk: { readonly fails: boolean }) {
  let dead = false
  const never = <T>(): Promise<T> => new Promise<T>(() => undefined)
  return {
    end: () => {
      dead = true
    },
    holds: (store: Database): Database => ({
      ...store,
      atomically: async (writes) => {
        if (disk.fails) throw new StorageUnavailable('disk I/O error')
        const outcome = dead ? await never<'done'>() : await during(store.atomically(writes))
        return dead ? never<'done'>() : outcome
      },
    }),
    uses:
      (http: Http): Http =>
      async (request) => {
        const answer = dead ? await never<Awaited<ReturnType<Http>>>() : await http(request)
        return dead ? never<Awaited<ReturnType<Http>>>() : answer
      },
  }
}
