import { z } from 'zod'

/** Builders of fields that carry their description for the API's document. */

/** An enum of the values that have a meaning here. */
export const explained = <const M extends Readonly<Record<string, string>>>(
  about: string,
  meanings: M,
): z.ZodEnum<{ [V in keyof M & string]: V }> =>
  z
    .enum(keysOf(meanings))
    .describe(
      [about, ...Object.entries(meanings).map(([value, meaning]) => `\`${value}\`: ${meaning}.`)].join(' '),
    )

function keysOf<T extends object>(values: T): Array<keyof T & string> {
  const keys: Array<keyof T & string> = []
  for (const key in values) keys.push(key)
  return keys
}

/** A time. `further` follows as sentences of their own. */
export const moment = (meaning: string, ...further: readonly string[]) =>
  z
    .number()
    .int()
    .meta({
      description: [`${meaning}, in epoch milliseconds.`, ...further].join(' '),
      examples: [MOMENT_EXAMPLE],
    })
/** 2026-11-02 12:00 in Seoul. */
const MOMENT_EXAMPLE = 1_793_588_400_000

/** An amount of money, with its currency beside it. */
export const sum = (meaning: string, ...further: readonly string[]) =>
  z
    .number()
    .int()
    .meta({
      description: [`${meaning}, in minor units of the currency.`, ...further].join(' '),
      examples: [14_000],
    })

export const currencyCode = () =>
  z.string().meta({ description: 'The ISO 4217 code of the currency.', examples: ['KRW'] })

export const text = (meaning: string, ...examples: readonly string[]) =>
  z.string().meta({ description: meaning, ...(examples.length === 0 ? {} : { examples: [...examples] }) })

export const count = (meaning: string) =>
  z
    .number()
    .int()
    .meta({ description: meaning, examples: [1] })
