import { z } from 'zod'

/** The largest valid time. A page that shows a later one throws. */
const MOMENT_MAX = 8_640_000_000_000_000
/** In 2001, in seconds. An account is due later. */
const DUE_MIN = 1_000_000_000

/** A number, also written as text. Amounts are not read like this: a gateway that writes them as text is not trusted with money (G-08). */
export const looseNumber = z.union([
  z.number(),
  z
    .string()
    .regex(/^\d+(?:\.\d+)?$/)
    .transform(Number),
])

/** Unix seconds. Some PGs send fractions, which are cut (G-20). */
const whole = looseNumber.pipe(z.number().nonnegative().max(MOMENT_MAX)).transform(Math.floor)

/** Unix seconds; 0 means not happened (docs/gateway/portone-v1.md §4.4). An unreadable time counts as that. */
export const seconds = whole
  .nullish()
  .transform((value) => value ?? 0)
  .catch(0)

/** The same, but null when the row does not tell it. */
export const secondsIfTold = whole
  .nullish()
  .transform((value) => value ?? null)
  .catch(null)

/** A Korean date or time as the SDK takes it (docs/gateway/portone-v1.md §1.2). A day ends with its last second (§4.8). */
const CALENDAR = /^(\d{4})-?(\d\d)-?(\d\d)(?:[ T]?(\d\d):?(\d\d)(?::?(\d\d))?)?$/

const calendarSeconds = z
  .union([z.string(), z.number().transform(String)])
  .transform((text) => {
    const [, year, month, day, hour, minute, second = '00'] = CALENDAR.exec(text.trim()) ?? []
    const time = hour === undefined ? '23:59:59' : `${hour}:${minute}:${second}`
    return `${year}-${month}-${day}T${time}+09:00`
  })
  .pipe(z.iso.datetime({ offset: true }))
  .pipe(z.coerce.date())
  .transform((date) => date.getTime() / 1_000)

/** When a virtual account is due: unix seconds, or a Korean date. 0 if it cannot be read: a date is never read as a second of 1970 (V-07). */
export const dueSeconds = z.union([
  calendarSeconds,
  seconds.transform((value) => (value < DUE_MIN ? 0 : value)),
])
