import { readFileSync } from 'node:fs'
import { z } from 'zod'
import { root } from './rooms.ts'

/** Why a mutant may live: nobody could tell it from the code as it is. */
const Explained = z.strictObject({
  file: z.string(),
  /** The line it begins on, which tells it from its like elsewhere in the file; a number would move with every edit. */
  line: z.string(),
  original: z.string(),
  replacement: z.string(),
  /** A sentence. */
  why: z.string().regex(/^[A-Z`«].{20,}\.$/s),
})
export type Explained = z.infer<typeof Explained>

/** `packages/repo-tools/mutation/survivors.json`: each mutant that may live, and why. */
export const readExplained = (): Explained[] =>
  z
    .array(Explained)
    .parse(JSON.parse(readFileSync(`${root}packages/repo-tools/mutation/survivors.json`, 'utf8')))
