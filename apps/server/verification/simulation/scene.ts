import type { Agenda } from './agenda.ts'
import type { Books } from './books.ts'
import type { Dice } from './dice.ts'
import type { SimulatedGateway } from './gateway.ts'
import type { Fate } from './gateway-words.ts'
import type { Ledger } from './ledger.ts'
import type { Marks } from './marks.ts'
import type { Question, Said } from './people.ts'
import type { SimulatedServer } from './server.ts'
import type { SimulatedShop } from './shop.ts'
import type { Plan, ServerName } from './story.ts'
import type { Trace } from './trace.ts'
import type { UnderWay } from './under-way.ts'
import type { Weather } from './weather.ts'

/** A world as those see it who do something in it or look at it. */
export type Scene = {
  readonly plan: Plan
  readonly startMs: number
  readonly dice: Dice
  readonly agenda: Agenda
  readonly trace: Trace
  readonly marks: Marks
  readonly ledger: Ledger
  readonly gateway: SimulatedGateway
  readonly shop: SimulatedShop
  readonly servers: Readonly<Record<ServerName, SimulatedServer>>
  /** Each order's own link, once its registration was answered. */
  readonly links: Map<string, string>
  readonly storage: { lockedUntilMs: number; fullUntilMs: number }
  readonly away: { gatewayUntilMs: number; shopUntilMs: number; goneUntilMs: number }
  /** Payments the gateway has told a lie about: what is made of those is a person's to judge. */
  readonly liedAbout: Set<string>
  /** Payments whose records have come from a replica that was behind: what was made of that dissolves. */
  readonly laggedAbout: Set<string>
  /** What the next cancels of a payment come to, where the story says so. */
  readonly fates: Map<string, Fate[]>
  /** What customers have said through an order's own link, as the order may remember it (S-25). */
  readonly spoken: Map<string, Set<string>>
  /** Tokens that strangers were given, by the order they named. */
  readonly strangers: Map<string, string>
  /** How often the gateway has executed each intent. */
  readonly executed: Map<string, number>
  readonly weather: Weather
  readonly books: Books
  readonly under: UnderWay
  readonly healed: boolean
  /** Some server's clock went wrong: an order may have expired by it, after a look that found no money. Later money still wins. */
  leapt: boolean
  /** The furthest that a clock was ahead by, of what nobody can tell from a look that is due late: work is dated by it (K-03). */
  aheadMs: number
  /** How often the servers look for due work, as they are set up now. */
  readonly intervalMs: number
  readonly ask: (question: Question, heard: (said: Said) => void) => void
}
