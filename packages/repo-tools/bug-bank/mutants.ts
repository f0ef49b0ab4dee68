import { readFileSync } from 'node:fs'
import { parse } from 'yaml'
import { z } from 'zod'
import { Mutant } from './mutant.ts'

const Chapter = z.object({ title: z.string(), mutants: z.array(Mutant) })

/** The bank (`mutants.yaml`). Mutants that one test finds stand together, so that it runs once without them. */
export const mutants: readonly Mutant[] = z
  .array(Chapter)
  .parse(parse(readFileSync(new URL('mutants.yaml', import.meta.url), 'utf8')))
  .flatMap((chapter) => chapter.mutants)
