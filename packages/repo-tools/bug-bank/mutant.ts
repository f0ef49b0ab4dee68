import { readFileSync } from 'node:fs'
import { fileURLToPath } from 'node:url'
import { z } from 'zod'

/** The repository's own folder, with a slash at its end. */
export const root = fileURLToPath(new URL('../../..', import.meta.url))

/** A bug that this kind of software is known for, put into our code at one place, and the test that finds it. */
export const Mutant = z.strictObject({
  name: z.string(),
  /** What the bug does, as somebody would report it. */
  story: z.string(),
  /** Where it was reported, as `owner/repo#number`; empty for a mistake that is common without one report to name. */
  reports: z.array(z.string().regex(/^[\w.-]+\/[\w.-]+#\d+$/)).default([]),
  /** Our source, from the repository's folder. */
  file: z.string().regex(/^(apps|packages)\/[a-z-]+\/src\/.*(?<!\.test|\.contract)\.tsx?$/),
  /** Stands exactly once in it. */
  find: z.string(),
  replace: z.string(),
  killedBy: z.strictObject({ file: z.string().regex(/\.test\.tsx?$/), test: z.string() }),
})
export type Mutant = z.infer<typeof Mutant>

/** The source with the bug in it; throws when the place it belongs to is no more, or is not the only one. */
export function mutatedText({ name, file, find, replace }: Mutant, text: string): string {
  const parts = text.split(find)
  if (parts.length !== 2) throw new Error(`stale: «${name}» is found ${parts.length - 1} times in ${file}`)
  return parts.join(replace)
}

export const sourceOf = ({ file }: Pick<Mutant, 'file'>): string => readFileSync(`${root}${file}`, 'utf8')

/** The package whose tests a path belongs to. */
export const packageOf = (path: string): string => path.split('/').slice(0, 2).join('/')
