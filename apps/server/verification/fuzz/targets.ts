import fc from 'fast-check'
import { askV2, questionsV2 } from './answers-v2.ts'
import { ask, questions } from './answers.ts'
import { calls } from './calls.ts'
import { AT_ONCE_MAX, knock } from './doors.ts'
import { openHostileWorld, type HostileProtocol, type Ordeal } from './hostile.ts'
import { hostileV1, ordeals } from './hostile-v1.ts'
import { hostileV2, ordealsV2 } from './hostile-v2.ts'
import { readingsV2, readV2 } from './parsers-v2.ts'
import { read, readings } from './parsers.ts'
import { queriesV2, signedWebhooks } from './requests-v2.ts'
import { queries, returns, webhooks, type Input, type Targets } from './requests.ts'
import { openWire, plans } from './wire.ts'
import { openWorld } from './world.ts'

/** Runs the inputs of one seed; a failure is told with the smallest input that still fails. */
export type Round = (
  seed: number,
  runs: number,
) => Promise<{
  /** What came of each input before the failure: a status, a kind of problem. */
  readonly met: readonly string[]
  readonly failure: string | null
}>
export type Opened = AsyncDisposable & {
  readonly round: Round
  /** What is looked at between rounds: that no claim has changed anything. Throws when one has. */
  readonly between: () => Promise<void>
}
export type Target = {
  readonly what: string
  /** Out of a thousand inputs. */
  readonly share: number
  /** Inputs of one run, on average. */
  readonly perRun: number
  readonly runsPerRound: number
  readonly open: () => Promise<Opened>
}

/** Text and values, without a server around them. */
const nobody: Targets = {
  orderIds: ['ord-1001', 'ord-open'],
  paymentIds: ['imp_448280090638', 'imp_100000000001', '55451513-9763-4a7a-bb43-78a4c65be843'],
  tokens: ['x.y.z'],
  merchantKey: 'nobody',
}

const inBatches = { perRun: (AT_ONCE_MAX + 1) / 2, runsPerRound: 100 }

/** Where the inputs go. Most go where most are made a second; each place gets what it alone can show. */
export const targets: Readonly<Record<string, Target>> = {
  readers: {
    what: 'queries, callbacks, webhook bodies and payments, read by the pure core',
    share: 348,
    perRun: 1,
    runsPerRound: 2_000,
    open: async () => pure(readings(nobody), async (reading) => read(reading)),
  },
  readersV2: {
    what: 'the same of PortOne V2, and the tries of a payment',
    share: 150,
    perRun: 1,
    runsPerRound: 2_000,
    open: async () => pure(readingsV2(nobody), async (reading) => readV2(reading)),
  },
  complete: {
    what: '`/complete`, GET and POST, by either protocol, in process',
    share: 100,
    ...inBatches,
    open: () => door((to) => returns(to, fc.oneof(queries(to), queriesV2(to)))),
  },
  webhooks: {
    what: '`/webhooks/portone`, JSON and form, in process',
    share: 100,
    ...inBatches,
    open: () => door((to) => webhooks(to)),
  },
  signed: {
    what: 'the same with a signature of PortOne V2, a right one or not',
    share: 50,
    ...inBatches,
    open: () => door(signedWebhooks),
  },
  procedures: {
    what: '`/trpc`, single and batched, in process',
    share: 90,
    ...inBatches,
    open: () => door(calls),
  },
  answers: {
    what: 'gateway answers, read by the production client',
    share: 100,
    perRun: 1,
    runsPerRound: 1_000,
    open: async () => pure(questions, ask),
  },
  answersV2: {
    what: 'the same of PortOne V2',
    share: 50,
    perRun: 1,
    runsPerRound: 1_000,
    open: async () => pure(questionsV2, askV2),
  },
  hostile: {
    what: 'whole orders between a hostile gateway and a hostile shop',
    share: 5,
    perRun: 12.5,
    runsPerRound: 10,
    open: () => ordeal(hostileV1, ordeals),
  },
  hostileV2: {
    what: 'the same of PortOne V2',
    share: 4,
    perRun: 12.5,
    runsPerRound: 10,
    open: () => ordeal(hostileV2, ordealsV2),
  },
  wire: {
    what: 'bytes on real sockets, answered to the client of gateway and shop',
    share: 3,
    perRun: 4.5,
    runsPerRound: 10,
    open: async () => {
      const wire = await openWire()
      return {
        ...opened(plans, wire.call),
        between: nothing,
        [Symbol.asyncDispose]: () => wire[Symbol.asyncDispose](),
      }
    },
  },
}

const nothing = async (): Promise<void> => undefined
const pure = <T>(arbitrary: fc.Arbitrary<T>, run: (value: T) => Promise<string>): Opened => ({
  ...opened(arbitrary, async (value) => [await run(value)]),
  between: nothing,
  [Symbol.asyncDispose]: nothing,
})

/** As long as the server takes in what a round says of payments it does not know: more at once is shed. */
const BETWEEN_MS = 3_000

/** One door of a whole server. Between rounds its clock goes on, so that what was taken in is looked up, and its books are read. */
async function door(requests: (targets: Targets) => fc.Arbitrary<Input>): Promise<Opened> {
  const world = await openWorld()
  const before = await world.books()
  const batches = fc.array(requests(world.targets), { minLength: 1, maxLength: AT_ONCE_MAX, size: 'max' })
  return {
    ...opened(batches, (inputs) => knock(world, inputs)),
    between: async () => {
      await world.clock.advance(BETWEEN_MS)
      if ((await world.books()) !== before)
        throw new Error(`S-09: a claim has changed the books: ${await world.books()}`)
    },
    [Symbol.asyncDispose]: () => world[Symbol.asyncDispose](),
  }
}

/** Whole orders, each between a gateway and a shop of its own. Between rounds the clock goes on. */
async function ordeal(
  protocol: HostileProtocol,
  ordealsOfIt: fc.Arbitrary<readonly Ordeal[]>,
): Promise<Opened> {
  const world = await openHostileWorld(protocol)
  return {
    ...opened(ordealsOfIt, world.suffer),
    between: world.rest,
    [Symbol.asyncDispose]: () => world[Symbol.asyncDispose](),
  }
}

const FAILURE_TEXT_MAX = 6_000

function opened<T>(
  arbitrary: fc.Arbitrary<T>,
  run: (value: T) => Promise<readonly string[]>,
): { readonly round: Round } {
  return {
    round: async (seed, runs) => {
      const met: string[] = []
      let failed = false
      const property = fc.asyncProperty(arbitrary, async (value) => {
        try {
          const outcomes = await run(value)
          if (!failed) met.push(...outcomes)
        } catch (error) {
          failed = true
          throw error
        }
      })
      const details = await fc.check(property, { seed, numRuns: runs })
      // What was wrong comes first: the input behind it may be long.
      const report = details.failed ? (fc.defaultReportMessage(details) ?? 'no report') : null
      const text = report === null ? null : `${String(details.errorInstance)}\n${report}`
      return { met, failure: text === null ? null : text.slice(0, FAILURE_TEXT_MAX) }
    },
  }
}
