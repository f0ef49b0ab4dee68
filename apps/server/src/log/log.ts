import pino from 'pino'
import { fieldsTold, type LogFields } from './log-fields.ts'

const levels = ['debug', 'info', 'warn', 'error'] as const
export type Level = (typeof levels)[number]

/** Writes a line of known fields under a sentence. */
type WriteLine = (fields: LogFields, what: string) => void
export type Lines = { readonly [L in Level]: WriteLine }

/** No field but those in the table, also not by the way of a spread; and for a sentence only one that stands in the source. */
type Only<F> = F extends unknown ? { readonly [K in Exclude<keyof F, keyof LogFields>]: never } : never
type Literal<W extends string> = Record<never, never> extends Record<W, true> ? never : W

/**
 * The log, as the server may write to it. A payment, a buyer's name, an answer or a made-up field does not compile: it takes ids, kinds,
 * states and numbers, under a sentence without values in it (P-03, P-04). `log-fields.ts` lists them and bounds each.
 */
export type Log = {
  readonly [L in Level]: <const F extends LogFields, const W extends string>(
    fields: F & Only<F>,
    what: Literal<W>,
  ) => void
}

/** One JSON line each, to stdout or to `to`. */
export function openLog(level: string, to?: { readonly write: (line: string) => void }): Lines {
  const options = {
    level,
    base: null,
    timestamp: pino.stdTimeFunctions.isoTime,
    // Pino’s own would take what is told of an error for an error, and tell its stack and message again.
    serializers: { err: (told: unknown) => told },
  }
  const writer = to === undefined ? pino(options) : pino(options, to)
  const lineAt =
    (at: Level): WriteLine =>
    (fields, what) => {
      if (writer.isLevelEnabled(at)) writer[at](fieldsTold(fields), what)
    }
  return { debug: lineAt('debug'), info: lineAt('info'), warn: lineAt('warn'), error: lineAt('error') }
}
