import type { Course } from './crossing-outcome.ts'
import type { Outside } from './outside.ts'

/** A question on its way, what becomes of it at the other end, and who waits for the answer. */
export type Trip<A> = {
  readonly from: string
  readonly to: string
  readonly what: string
  /** What is answered; null when nobody is there to take it. */
  readonly arrive: () => A | Promise<A> | null
  readonly tell: (answer: A) => string
  readonly back: (answer: A) => void
  /** What stands in the place of an answer that does not come as it was sent. */
  readonly spoilt: (answer: A, how: 'broken' | 'cut' | 'busy') => A
  /** Nobody was there: a connection refused. A message that is lost tells nobody anything. */
  readonly refused: () => void
}

/** Carries a question over a road that loses, doubles, delays and overtakes as the weather is. */
export function travel<A>(outside: Outside, trip: Trip<A>): void {
  const { agenda, dice, marks, trace } = outside
  const { loss, twice, delayMs } = outside.weather()
  const way = (): number => 1 + dice.fraction() * (dice.chance(0.9) ? delayMs * 0.2 : delayMs)
  const { from, to, what } = trip
  const course = outside.course({ from, to, what })
  if (course === 'before') {
    trace.say(from, to, `✗ ${what} (refused)`)
    return void agenda.after(way(), trip.refused)
  }
  const copies = dice.chance(twice) ? 2 : 1
  if (copies === 2) marks.hit('a message arrives twice')
  if (copies === 2 && trip.what.includes('/payments/cancel'))
    marks.hit('a cancel is sent twice by the network')
  for (let copy = 0; copy < copies; copy += 1) {
    if (dice.chance(loss)) {
      marks.hit(`a request to ${sideOf(trip.to)} is lost`)
      trace.say(trip.from, trip.to, `✗ ${trip.what}`)
    } else agenda.after(way(), () => arrive(outside, trip, course, way))
  }
}

const sideOf = (name: string): string => (name === 'A' || name === 'B' ? 'a server' : `the ${name}`)

function arrive<A>(outside: Outside, trip: Trip<A>, course: Course, way: () => number): void {
  const { agenda, dice, marks, trace } = outside
  trace.say(trip.from, trip.to, trip.what)
  const answer = trip.arrive()
  if (answer === null) {
    marks.hit(`${sideOf(trip.to)} is not there`)
    agenda.after(way(), trip.refused)
    return
  }
  const goBack = (sent: A): void => {
    const value =
      course === 'broken' || course === 'cut' || course === 'busy' ? trip.spoilt(sent, course) : sent
    if (course === 'after' || dice.chance(outside.weather().loss)) {
      marks.hit(`an answer of ${sideOf(trip.to)} is lost`)
      if (trip.what.includes('/payments/cancel')) marks.hit('the answer to a cancel is lost')
      trace.say(trip.to, trip.from, `✗ ${trip.tell(value)}`)
      return
    }
    agenda.after(way(), () => {
      trace.say(trip.to, trip.from, trip.tell(value))
      trip.back(value)
    })
  }
  if (answer instanceof Promise) answer.then(goBack, (error: unknown) => goBackFailed(trace, trip, error))
  else goBack(answer)
}

function goBackFailed<A>(trace: Outside['trace'], trip: Trip<A>, error: unknown): void {
  trace.say(trip.to, trip.from, `threw ${String(error)}`)
}
