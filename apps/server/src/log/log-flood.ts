import type { Clock } from '../deps.ts'
import type { LogFields } from './log-fields.ts'
import type { Level, Lines } from './log.ts'

/** Lines of one kind that are written whole in one second. What comes beyond is counted, and the count told when the second is over (D-05). */
export const LINES_A_SECOND_MAX = 200
/** Kinds told apart in one second; further ones share one. Sentences, routes and problems are closed lists, so there are not as many. */
export const KINDS_MAX = 500

export type SampledLines = Lines & {
  /** Tells now what has been left out: before the process ends. */
  readonly tellLeftOut: () => void
}

type LineKind = { readonly level: Level; readonly about: LogFields; written: number; leftOut: number }

/**
 * Lines, bounded: a flood of one kind neither fills the disk nor hides the others. A kind is a level, a sentence, a route with its class of
 * status, a problem and an error's name, so that errors of different kinds are never all left out.
 */
export function sampled(lines: Lines, clock: Clock): SampledLines {
  let second = secondAt(clock)
  const kinds = new Map<string, LineKind>()
  const tellLeftOut = (): void => {
    for (const { level, about, leftOut } of kinds.values())
      if (leftOut > 0) lines[level]({ ...about, suppressed: leftOut }, 'lines of this kind were left out')
    kinds.clear()
  }
  const turn = (): void => {
    const now = secondAt(clock)
    if (now === second) return
    tellLeftOut()
    second = now
  }
  /** A timer may ring a moment before the second is over by the clock: then it is set again, or the last count would never be told. */
  const turnLater = (): void => {
    const again = (): void => (secondAt(clock) === second ? turnLater() : turn())
    void clock.sleep(1_000 - (clock.nowMs() % 1_000)).then(again, again)
  }
  const lineAt = (level: Level) => (fields: LogFields, what: string) => {
    turn()
    const kind = kindOf(kinds, level, fields, what)
    if (kind.written < LINES_A_SECOND_MAX) {
      kind.written += 1
      return lines[level](fields, what)
    }
    if (kind.leftOut === 0) turnLater()
    kind.leftOut += 1
  }
  return {
    debug: lineAt('debug'),
    info: lineAt('info'),
    warn: lineAt('warn'),
    error: lineAt('error'),
    tellLeftOut,
  }
}

const secondAt = (clock: Clock): number => Math.floor(clock.nowMs() / 1_000)

function kindOf(kinds: Map<string, LineKind>, level: Level, fields: LogFields, what: string): LineKind {
  const { route, status, problem, lane, err } = fields
  const about = {
    of: what,
    ...(route === undefined ? {} : { route }),
    ...(typeof status === 'number' ? { status: Math.floor(status / 100) * 100 } : {}),
    ...(problem === undefined ? {} : { kind: problem.kind }),
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
