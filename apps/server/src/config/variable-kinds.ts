import { isIP } from 'node:net'
import { z } from 'zod'

/**
 * The kinds of values that variables have. Each refuses in words that follow the variable's name: `PORT needs a whole number
 * from 0 to 65535`. No sentence quotes the value, which may be a secret in the wrong place (P-03).
 */

/** A variable that must be set. */
export const required = (what: string) => z.string({ error: `is missing: ${what}` })

/** A whole number in decimal digits. `1e3`, `0x10` and `10s` are none. */
export const wholeNumber = (least: number, most: number, fallback: number, of = '') =>
  z
    .string()
    .transform((text, ctx) => {
      const number = /^\d{1,15}$/.test(text) ? Number(text) : Number.NaN
      if (number >= least && number <= most) return number
      ctx.addIssue({ code: 'custom', message: `needs a whole number ${of}from ${least} to ${most}` })
      return z.NEVER
    })
    .default(fallback)

/** A time in milliseconds. The longest is far below the 24.8 days at which Node's timers overflow, unless no timer waits for it. */
export const milliseconds = (least: number, most: number, fallback: number) =>
  wholeNumber(least, most, fallback, 'of milliseconds ')

export function oneOf<const W extends readonly [string, string, ...string[]]>(words: W, fallback: W[number]) {
  const error = `needs ${words.slice(0, -1).join(', ')} or ${words.at(-1)}`
  return z.enum(words, { error }).default(fallback)
}

export const flag = () => oneOf(['true', 'false'], 'false').transform((value) => value === 'true')

export const webAddress = z
  .string()
  .refine(
    (value) => URL.canParse(value) && /^https?:\/\//i.test(value) && new URL(value).hostname !== '',
    'needs an address that begins with https:// or http://',
  )

/** Words between commas or blanks. */
export const words = (what: string) =>
  required(what).transform((value) => value.split(/[\s,]+/).filter((word) => word !== ''))

/** A value that a console shows, copied whole: it has no blanks. */
export const copied = (what: string) => required(what).regex(/^\S+$/, 'has a blank in it: copy it again')

const HOST_NAME =
  /^(?=.{1,253}$)[a-z0-9_](?:[a-z0-9_-]*[a-z0-9])?(?:\.[a-z0-9_](?:[a-z0-9_-]*[a-z0-9])?)*\.?$/i

/** What a server listens on. */
export const hostName = z
  .string()
  .refine(
    (value) => isIP(value) !== 0 || HOST_NAME.test(value),
    'needs an IP address or a host name, without a scheme and a port',
  )
