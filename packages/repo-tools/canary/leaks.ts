// Looks for canaries in what the suites have written: values that stand nowhere else, in every form a program may have given them.

import { existsSync, readdirSync, readFileSync } from 'node:fs'
import { basename } from 'node:path'
import { z } from 'zod'

const Values = z.record(z.string(), z.string())
const Canaries = z.object({ secrets: Values, personal: Values })
/** The canaries of `canaries.json`, by name. */
export const canariesIn = (json: string): z.infer<typeof Canaries> => Canaries.parse(JSON.parse(json))

/** A line that a suite has written: in which test, and the canaries that the product was given there. */
const Line = z.object({
  test: z.string().default(''),
  text: z.string().default(''),
  came: z.array(z.string()).default([]),
})
/** Of which suite, in what place, and in which line of which file it is kept. */
export type Text = z.infer<typeof Line> & {
  readonly suite: string
  readonly place: string
  readonly where: string
}

export function readWritten(folder: string): Text[] {
  const suites = existsSync(folder) ? readdirSync(folder) : []
  return suites.flatMap((suite) =>
    readdirSync(`${folder}/${suite}`, { recursive: true, encoding: 'utf8' }).flatMap((file) => {
      if (!file.endsWith('.jsonl')) return []
      const place = basename(file).replace(/-.*$/, '')
      const path = `${folder}/${suite}/${file}`
      const lines = readFileSync(path, 'utf8').split('\n')
      return lines.flatMap((line, index) =>
        line === '' ? [] : [{ ...Line.parse(JSON.parse(line)), suite, place, where: `${path}:${index + 1}` }],
      )
    }),
  )
}

/** How a value may stand in a text, in lower case: as it is, escaped, percent-encoded, in hex, and in base64 at each of its three places. */
export function formsOf(value: string): string[] {
  const bytes = Buffer.from(value)
  const percent = encodeURIComponent(value)
  const escaped = JSON.stringify(value)
    .slice(1, -1)
    .replaceAll(/[^ -~]/g, (unit) => `\\u${unit.charCodeAt(0).toString(16).padStart(4, '0')}`)
  const forms = [
    value,
    JSON.stringify(value).slice(1, -1),
    escaped,
    percent,
    percent.replaceAll('%20', '+'),
    bytes.toString('hex'),
    ...[0, 1, 2].flatMap((before) => base64At(bytes, before)),
  ]
  return [...new Set(forms.map((form) => form.toLowerCase()))]
}

/** The letters of base64 that are made of these bytes alone, when `before` others stand in front of them. */
function base64At(bytes: Buffer, before: number): string[] {
  const text = Buffer.concat([Buffer.alloc(before), bytes])
    .toString('base64')
    .replace(/=+$/, '')
  const isCut = (before + bytes.length) % 3 !== 0
  const own = text.slice(Math.ceil((before * 4) / 3), isCut ? -1 : undefined)
  return [own, own.replaceAll('+', '-').replaceAll('/', '_')]
}

/** One line for each canary in each text in which it must not stand: where, which, and in which test. Never the text itself. */
export function leaksIn(
  written: readonly Text[],
  canaries: Readonly<Record<string, string>>,
  allowed: Readonly<Record<string, readonly string[]>>,
): string[] {
  const sought = Object.entries(canaries).map(([name, value]) => ({ name, forms: formsOf(value) }))
  return written.flatMap(({ place, where, test, text }) => {
    const lower = text.toLowerCase()
    return sought
      .filter(({ name }) => !(allowed[name] ?? []).includes(place))
      .filter(({ forms }) => forms.some((form) => lower.includes(form)))
      .map(({ name }) => `${where}: ${name}, in «${test}»`)
  })
}
