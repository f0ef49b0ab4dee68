import { mapGateways } from '../../src/gateway/gateways.ts'
import { writeSync } from 'node:fs'
import type { Deps } from '../../src/deps.ts'
import type { Served } from '../../src/http/listener.ts'
import type { Database } from '../../src/store/engines/open.ts'

/** Where a server can be made to die, and after how many passages at most: between a thing that was done and the one that must follow it. */
export const points = {
  /** A unit of writes is on the disk, and nobody has heard of it. */
  committed: { passagesMax: 20 },
  /** A call is answered 2xx, and the answer is not on its way (C-02). */
  before_2xx: { passagesMax: 4 },
  /** The gateway has cancelled, and that is not recorded (C-03). */
  cancelled: { passagesMax: 1 },
  /** The shop has taken a notice, and it is not marked (C-04). */
  told: { passagesMax: 3 },
} as const
export type Point = keyof typeof points

export const everyPoint: readonly Point[] = ['committed', 'before_2xx', 'cancelled', 'told']
export const isPoint = (text: string | undefined): text is Point =>
  text !== undefined && Object.hasOwn(points, text)

/** What a server that dies at a point says last. */
export const lastWords = (point: Point): string => `killed at ${point}`

export type Fate = {
  readonly deps: (deps: Deps) => Deps
  readonly app: (app: Served) => Served
}

/**
 * Kills its own process, as `kill -9` does, at the n-th passage of a point. It is wound around what the server is given from outside, by a
 * program of the proofs: nothing in the server itself knows of it.
 */
export function fateAt(chosen: Point, passages: number): Fate {
  let left = passages
  const pass = (point: Point): void => {
    if (point !== chosen || (left -= 1) > 0) return
    writeSync(2, `${lastWords(point)}\n`)
    process.kill(process.pid, 'SIGKILL')
  }
  const dying = (store: Database): Database => ({
    ...store,
    atomically: async (writes) => {
      const outcome = await store.atomically(writes)
      if (outcome === 'done') pass('committed')
      return outcome
    },
  })
  return {
    deps: (deps) => ({
      ...deps,
      store: dying(deps.store),
      gateways: mapGateways(deps.gateways, (gateway) => ({
        ...gateway,
        cancel: async (request) => {
          const answer = await gateway.cancel(request)
          if (answer.kind === 'accepted') pass('cancelled')
          return answer
        },
      })),
      http: async (request) => {
        const answer = await deps.http(request)
        if (answer.ok && answer.value.status < 300) pass('told')
        return answer
      },
    }),
    app: (app) => ({
      fetch: async (request, sockets) => {
        const answer = await app.fetch(request, sockets)
        if (answer.ok && request.method === 'POST') pass('before_2xx')
        return answer
      },
    }),
  }
}
