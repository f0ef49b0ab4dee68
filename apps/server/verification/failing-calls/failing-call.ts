import type { Course, Crossing } from '../simulation/crossing-outcome.ts'

export const errors = ['lost', 'unheard', 'broken'] as const
/** Lost before it arrives; done, and nobody hears of it; answered with an error. Of a commit: a lock, a process that dies with it, a full disk. */
export type ErrorName = (typeof errors)[number]

export const lastings = ['once', 'for ever'] as const

/** Which call of a replay fails, how, and whether all of its kind do from then on. */
export type FailingCall = {
  /** Counted from 1. */
  readonly call: number
  readonly error: ErrorName
  readonly lasting: (typeof lastings)[number]
}

/** Of a gateway or a shop: an error after it did what was asked, half an answer, or the wish to be left alone for a while. */
const brokenAnswers = ['broken', 'cut', 'busy'] as const

/** Lets each call pass and counts it, but for the one that is to fail. */
export class FailingCalls {
  /** The kind of each call, in the order they were made. */
  readonly kinds: string[] = []
  /** How many calls failed on purpose. */
  struck = 0
  readonly #tell: (crossing: Crossing, course: Course) => void
  readonly #failing: FailingCall | null
  #over = false

  /** `tell` hears of each call that fails on purpose. */
  constructor(failing: FailingCall | null, tell: (crossing: Crossing, course: Course) => void) {
    this.#failing = failing
    this.#tell = tell
  }

  readonly course = (crossing: Crossing): Course => {
    if (this.#over) return 'well'
    const kind = kindOf(crossing)
    this.kinds.push(kind)
    if (this.#failing === null) return 'well'
    const { call, error, lasting } = this.#failing
    const number = this.kinds.length
    const isStruck =
      number === call || (lasting === 'for ever' && number > call && kind === this.kinds[call - 1])
    if (!isStruck) return 'well'
    this.struck += 1
    const course = courseOf(crossing, error, number)
    this.#tell(crossing, course)
    return course
  }

  /** From now on no call fails on purpose, and none is counted. */
  end(): void {
    this.#over = true
  }
}

function courseOf({ to }: Crossing, error: ErrorName, number: number): Course {
  if (error === 'lost') return 'before'
  if (error === 'unheard') return 'after'
  return to === 'gateway' ? (brokenAnswers[number % brokenAnswers.length] ?? 'broken') : 'broken'
}

/** Calls that fail together when one fails for ever: one endpoint, one kind of question, the disk. */
export function kindOf({ to, what }: Crossing): string {
  if (to === 'database') return 'a commit'
  if (to === 'shop') return 'a notice'
  if (to === 'gateway') return gatewayKinds.find(([pattern]) => pattern.test(what))?.[1] ?? what
  return `the answer to: ${what.split(' ')[0]}`
}

const gatewayKinds: ReadonlyArray<readonly [RegExp, string]> = [
  [/\/users\/getToken/, 'a token'],
  [/\/payments\/cancel/, 'a cancel'],
  [/\/payments\/status\//, 'a list'],
  [/\/payments\/findAll\//, 'a look-up of an order'],
  [/GET \/payments\/prepare/, 'a look at a fixed amount'],
  [/POST \/payments\/prepare/, 'a fixing of an amount'],
  [/PUT \/payments\/prepare/, 'a blocking of an order'],
  [/\/vbanks/, 'a closing of an account'],
  [/GET \/payments\/?$/, 'a look-up of several payments'],
  [/GET \/payments\//, 'a look-up of a payment'],
]

const inReplaysOnly = ['a look-up of several payments']

/**
 * Kinds of calls that the scenarios make together: one that none makes any more fails the test. Several payments are looked up in one call only
 * in one call (`gateway/portone-v1/batch.ts`).
 */
export const allKinds: readonly string[] = [
  'a commit',
  'a notice',
  ...gatewayKinds.map(([, kind]) => kind).filter((kind) => !inReplaysOnly.includes(kind)),
  ...[
    'register',
    'webhook',
    'return',
    'screen',
    'check_again',
    'reconcile',
    'order',
    'give',
    'close',
    'resolve',
    'replay',
    'stranger',
  ].map((question) => `the answer to: ${question}`),
]
