import { appendFileSync, existsSync, mkdirSync, readdirSync, readFileSync, rmSync } from 'node:fs'
import { join } from 'node:path'
import { z } from 'zod'

const root = join(import.meta.dirname, '../../..')
const suite = process.env['WRITTEN_AS'] ?? 'e2e'
const folder = `${root}/node_modules/.cache/landfall/written/${suite}`

const values = z.record(z.string(), z.string())
const listed = readFileSync(`${root}/packages/repo-tools/canary/canaries.json`, 'utf8')
const { secrets, personal } = z.object({ secrets: values, personal: values }).parse(JSON.parse(listed))
const all = Object.entries({ ...secrets, ...personal })

/** A value that stands nowhere else: `packages/repo-tools/canary/canary.test.ts` looks for it in everything that was written (S-17). */
export const canary = (name: string): string => {
  const value = new Map(all).get(name)
  if (value === undefined) throw new Error(`no canary is called ${name}`)
  return value
}

/** Puts what the server logged, or what a page showed, on the disk. */
export const keep = (place: 'logs' | 'errors' | 'pages', test: string, texts: readonly string[]): void =>
  append(
    place,
    texts.filter((text) => text !== '').map((text) => ({ test, text })),
  )

/** Says which canaries the product was given. */
export const given = (test: string, text: string): void =>
  append('given', [{ test, came: all.filter(([, value]) => text.includes(value)).map(([name]) => name) }])

function append(file: string, lines: readonly unknown[]): void {
  const run = `${folder}/${process.ppid}`
  mkdirSync(run, { recursive: true })
  appendFileSync(
    `${run}/${file}-${process.pid}.jsonl`,
    lines.map((line) => `${JSON.stringify(line)}\n`).join(''),
  )
}

/** Once a run: what an earlier one has written says nothing about this one. Each has a folder named for its process. */
export default function setup(): void {
  for (const run of existsSync(folder) ? readdirSync(folder) : [])
    if (!existsSync(`/proc/${run}`)) rmSync(`${folder}/${run}`, { recursive: true, force: true })
}
