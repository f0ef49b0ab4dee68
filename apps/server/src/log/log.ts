import pino from 'pino'
import { loggedFields, type LogFields } from './log-fields.ts'

const levels = ['debug', 'info', 'warn', 'error'] as const
export type Level = (typeof levels)[number]

/** Writes one line: known fields and a sentence. */
type WriteLine = (fields: LogFields, what: string) => void
export type Lines = { readonly [L in Level]: WriteLine }

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
