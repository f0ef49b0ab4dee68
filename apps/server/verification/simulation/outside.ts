import type { HttpAnswer, HttpRequest } from '../../src/gateway/http.ts'
import type { Agenda } from './agenda.ts'
import type { Course, Crossing } from './crossing-outcome.ts'
import type { Dice } from './dice.ts'
import type { MemoryDatabase } from './memory.ts'
import type { Marks } from './marks.ts'
import type { ServerName } from './story.ts'
import type { Trace } from './trace.ts'
import type { UnderWay } from './under-way.ts'
import type { Weather } from './weather.ts'

/** Everything a simulated server stands in. Nothing reaches it but through this, and chance decides how. */
export type Outside = {
  readonly agenda: Agenda
  readonly dice: Dice
  readonly trace: Trace
  readonly marks: Marks
  readonly under: UnderWay
  /** The weather now: it clears when everything heals. */
  readonly weather: () => Weather
  /** The one database of both servers. */
  readonly memory: MemoryDatabase
  /** Another process holds the database, or the disk takes nothing, until then. */
  readonly storage: { lockedUntilMs: number; fullUntilMs: number }
  /** What the other end makes of a request now; null when there is nobody. */
  readonly gateway: (request: HttpRequest, from: ServerName) => HttpAnswer | Promise<HttpAnswer> | null
  readonly shop: (request: HttpRequest) => HttpAnswer | null
  /** Fails one crossing on purpose; what else goes wrong is the weather's. */
  readonly course: (crossing: Crossing) => Course
  /** Ends this process at once, as `kill -9` does; it is started again after a second. */
  readonly kill: (server: ServerName) => void
  /** A batch of this server's has just been committed. */
  readonly committed: (server: ServerName, life: string) => void
}
