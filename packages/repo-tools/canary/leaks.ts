// Looks for canaries in what the suites have written: values that stand nowhere else, in every form a program may have given them.

import { existsSync, readdirSync, readFileSync } from 'node:fs'
import { basename } from 'node:path'

/** A text that a suite has written: which suite, in what place, and in which line of which file it is kept. */
export type Text = {
  readonly suite: string
  readonly place: string
  readonly where: string
  readonly test: string
  readonly text: string
  /** Canaries the product was given there. */
  readonly came: readonly string[]
}

type Values = Readonly<Record<string, string>>

/** The canaries of `canaries.json`, by name. */
export function canariesIn(json: string): { readonly secrets: Values; readonly personal: Values } {
  const read: unknown = JSON.parse(json)
  const groups = new Map<string, unknown>(Object.entries(read ?? {}))
  const valuesOf = (group: string): Values =>
    Object.fromEntries(Object.entries(groups.get(group) ?? {}).map(([name, value]) => [name, String(value)]))
  return { secrets: valuesOf('secrets'), personal: valuesOf('personal') }
}

export function readWritten(folder: string): Text[] {
  const suites = existsSync(folder) ? readdirSync(folder) : []
  return suites.flatMap((suite) =>
    readdirSync(`${folder}/${suite}`, { recursive: true, encoding: 'utf8' }).flatMap((file) => {
      if (!file.endsWith('.jsonl')) return []
      const place = basename(file).replace(/-.*$/, '')
      const lines = readFileSync(`${folder}/${suite}/${file}`, 'utf8').split('\n')
      return lines.flatMap((line, index) =>
        line === '' ? [] : [textOf(line, { suite, place, where: `${folder}/${suite}/${file}:${index + 1}` })],
      )
    }),
  )
}

function textOf(line: string, at: Pick<Text, 'suite' | 'place' | 'where'>): Text {
  const read: unknown = JSON.parse(line)
  const kept = new Map<string, unknown>(Object.entries(read ?? {}))
  const came = kept.get('came')
  const textIn = (key: string): string => {
    const value = kept.get(key)
    return typeof value === 'string' ? value : ''
  }
  return {
    ...at,
    test: textIn('test'),
    text: textIn('text'),
    came: Array.isArray(came) ? came.map(String) : [],
  }
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
