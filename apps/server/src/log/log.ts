import pino from 'pino'
import { loggedFields, type LogFields } from './log-fields.ts'

const levels = ['debug', 'info', 'warn', 'error'] as const
type Level = (typeof levels)[number]

/** Writes one line: known fields and a sentence. */
type WriteLine = (fields: LogFields, what: string) => void
type Lines = { readonly [L in Level]: WriteLine }

/** Rejects fields outside the table, even from a spread; `Literal` rejects a sentence that is no string literal. */
type Only<F> = F extends unknown ? { readonly [K in Exclude<keyof F, keyof LogFields>]: never } : never
type Literal<W extends string> = Record<never, never> extends Record<W, true> ? never : W

/**
 * The log's typed interface. It accepts ids, kinds, states and numbers under a constant sentence; a payment, a buyer's
 * name, an answer or an unknown field does not compile (P-03, P-04). `log-fields.ts` lists the fields and bounds each
 * value.
 */
export type Log = {
  readonly [L in Level]: <const F extends LogFields, const W extends string>(
    fields: F & Only<F>,
    what: Literal<W>,
  ) => void
}

/** Writes one JSON object for each line, to stdout or to `to`. */
export function openLog(level: string, to?: { readonly write: (line: string) => void }): Lines {
  const options = {
    level,
    base: null,
    timestamp: pino.stdTimeFunctions.isoTime,
    // Pino's own serializer would treat the logged error as an Error and add its stack and message again.
    serializers: { err: (logged: unknown) => logged },
  }
  const writer = to === undefined ? pino(options) : pino(options, to)
  const lineAt =
    (at: Level): WriteLine =>
    (fields, what) => {
      if (writer.isLevelEnabled(at)) writer[at](loggedFields(fields), what)
    }
  return { debug: lineAt('debug'), info: lineAt('info'), warn: lineAt('warn'), error: lineAt('error') }
}

/**
 * The lines of one kind that are written in one second. Further lines are counted, and the count is logged when the
 * second ends (D-05).
 */
export const LINES_A_SECOND_MAX = 200
/**
 * The kinds that are counted separately in one second; further kinds share one. Sentences, routes and problems are closed
 * lists, so this is rarely reached.
 */
export const KINDS_MAX = 500

type FloodLimitedLines = Lines & {
  /** Logs the pending counts at once, before the process ends. */
  readonly reportLeftOut: () => void
}

/** The clock that opens a new second. */
type LogClock = { readonly nowMs: () => number; readonly sleep: (ms: number) => Promise<void> }

type LineKind = { readonly level: Level; readonly about: LogFields; written: number; leftOut: number }

/**
 * Limits the lines of each kind, so that a flood neither fills the disk nor hides other kinds. A kind is a level, a
 * sentence, a route with its status class, a lane, a problem and an error's name, so that at least some lines of each
 * error are written.
 */
export function limitFlood(lines: Lines, clock: LogClock): FloodLimitedLines {
  let second = secondAt(clock)
  const kinds = new Map<string, LineKind>()
  const reportLeftOut = (): void => {
    for (const { level, about, leftOut } of kinds.values())
      if (leftOut > 0) lines[level]({ ...about, suppressed: leftOut }, 'lines of this kind were left out')
    kinds.clear()
  }
  const rollOver = (): void => {
    const now = secondAt(clock)
    if (now === second) return
    reportLeftOut()
    second = now
  }
  /**
   * A timer may fire before the clock reaches the next second. Set it again then, or the last count would never be
   * logged.
   */
  const scheduleRollover = (): void => {
    const again = (): void => (secondAt(clock) === second ? scheduleRollover() : rollOver())
    void clock.sleep(1_000 - (clock.nowMs() % 1_000)).then(again, again)
  }
  const lineAt = (level: Level) => (fields: LogFields, what: string) => {
    rollOver()
    const kind = kindOf(kinds, level, fields, what)
    if (kind.written < LINES_A_SECOND_MAX) {
      kind.written += 1
      return lines[level](fields, what)
    }
    if (kind.leftOut === 0) scheduleRollover()
    kind.leftOut += 1
  }
  return {
    debug: lineAt('debug'),
    info: lineAt('info'),
    warn: lineAt('warn'),
    error: lineAt('error'),
    reportLeftOut,
  }
}

const secondAt = (clock: LogClock): number => Math.floor(clock.nowMs() / 1_000)

function kindOf(kinds: Map<string, LineKind>, level: Level, fields: LogFields, what: string): LineKind {
  const { route, status, problem, kind: refusal, lane, err } = fields
  const about = {
    of: what,
    ...(route === undefined ? {} : { route }),
    ...(typeof status === 'number' ? { status: Math.floor(status / 100) * 100 } : {}),
    ...(problem === undefined ? {} : { kind: problem.kind }),
    ...(refusal === undefined ? {} : { kind: refusal }),
    ...(lane === undefined ? {} : { lane }),
    ...(err instanceof Error ? { type: err.name } : {}),
  }
  const own = `${level} ${JSON.stringify(about)}`
  const isRoom = kinds.has(own) || kinds.size < KINDS_MAX
  const key = isRoom ? own : level
  const kind = kinds.get(key) ?? {
    level,
    about: isRoom ? about : { of: 'lines of many kinds' },
    written: 0,
    leftOut: 0,
  }
  kinds.set(key, kind)
  return kind
}
