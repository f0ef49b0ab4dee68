// A plugin of Stryker's: of the mutants it has made, which are tried. Stryker asks it in a process of its own, before any test.

import { createHash } from 'node:crypto'

type Place = { readonly line: number; readonly column: number }
/** What Stryker tells of a mutant, no more of it than a draw needs. */
type Made = {
  readonly id: string
  readonly fileName: string
  readonly replacement: string
  readonly location: { readonly start: Place; readonly end: Place }
}
type Answer = { readonly status: 'passed' } | { readonly status: 'compileError'; readonly reason: string }

export const NOT_DRAWN = 'not drawn'
export const million = 1_000_000

/** The address under which Stryker finds this plugin, and the plugin how many of a million mutants are tried. */
export const drawing = (inAMillion: number): string => new URL(`?of=${inAMillion}`, import.meta.url).href

/** The same code draws the same mutants, wherever and whenever: by what the mutant is, not by chance. */
export function isDrawn({ fileName, replacement, location }: Made, inAMillion: number): boolean {
  const file = fileName.split('/').slice(-2).join('/')
  const digest = createHash('sha256')
    .update(JSON.stringify([file, location, replacement]))
    .digest()
  return digest.readUInt32BE(0) % million < inAMillion
}

const inAMillion = Number(new URL(import.meta.url).searchParams.get('of') ?? million)
const answerFor = (mutant: Made): Answer =>
  // Stryker has no word for it: a mutant that a checker refuses is one that does not compile, and left out of every count.
  isDrawn(mutant, inAMillion) ? { status: 'passed' } : { status: 'compileError', reason: NOT_DRAWN }

export const strykerPlugins = [
  {
    kind: 'Checker',
    name: 'draw',
    value: {
      init: () => Promise.resolve(),
      group: (mutants: readonly Made[]) => Promise.resolve([mutants.map(({ id }) => id)]),
      check: (mutants: readonly Made[]) =>
        Promise.resolve(Object.fromEntries(mutants.map((mutant) => [mutant.id, answerFor(mutant)]))),
    },
  },
]
