// A process of its own that tries mutants one after the other. Nothing on the disk changes: vite is given another text when it loads the
// mutant's file, and the test's worker never sees the one that stands there.

import { createVitest, type Vitest } from 'vitest/node'
import { mutatedText, packageOf, root, sourceOf, type Mutant } from './mutant.ts'
import { mutants } from './mutants.ts'
import { controlFault, judged, type Run, type Verdict } from './trial.ts'

const [, , scratch = ''] = process.argv
/** A bug is often one that something never comes: on a busy machine the test of it waits for a good while. */
const TEST_TIMEOUT_MS = 50_000

let mutant: Mutant | null = null
const opened = new Map<string, Vitest>()
const controlled = new Set<string>()
/** Files whose last text had a bug in it: every run begins by forgetting them. */
const changed: string[] = []

/** What the worlds have written is looked through for secrets after all suites; what a bug makes them write is none of it. */
const writtenFile = `${root}apps/server/testing/written.ts`
const writtenFolder = '`${root}node_modules/.cache/landfall/written/${suite}`'

function textOf(id: string): string | null {
  const path = id.replace(/\?.*$/, '')
  if (path === writtenFile) {
    const text = sourceOf({ file: path.slice(root.length) })
    if (!text.includes(writtenFolder)) throw new Error('testing/written.ts keeps its texts elsewhere now')
    return text.replace(writtenFolder, () => JSON.stringify(`${scratch}/written`))
  }
  if (mutant === null || path !== `${root}${mutant.file}`) return null
  return mutatedText(mutant, sourceOf(mutant))
}

async function vitestOf(folder: string): Promise<Vitest> {
  const known = opened.get(folder)
  if (known !== undefined) return known
  const isWeb = folder === 'apps/web'
  const made = await createVitest(
    {
      root: `${root}${folder}`,
      // The packages' own settings start a Postgres and clear what suites have written: neither is wanted here. The web's build the page.
      ...(isWeb ? {} : { config: false as const }),
      include: ['**/*.test.{ts,tsx}'],
      watch: false,
      // With it vitest would read a module it has transformed before, whatever is loaded now, and keep a bug for the next suite to read.
      fsModuleCache: false,
      pool: 'threads',
      maxWorkers: 1,
      testTimeout: TEST_TIMEOUT_MS,
      env: { TMPDIR: scratch },
      reporters: [{}],
      silent: true,
    },
    { plugins: [{ name: 'bug-bank', enforce: 'pre', load: textOf }] },
  )
  opened.set(folder, made)
  return made
}

/** Runs the mutant's test, with the bug in or without it. */
async function run({ file, killedBy }: Mutant): Promise<Run> {
  const vitest = await vitestOf(packageOf(killedBy.file))
  vitest.setGlobalTestNamePattern(
    new RegExp(killedBy.test.replaceAll(/[.*+?^${}()|[\]\\]/g, String.raw`\$&`)),
  )
  for (const loaded of [file, ...changed.splice(0)])
    for (const each of opened.values()) each.invalidateFile(`${root}${loaded}`)
  if (mutant !== null) changed.push(file)
  const specifications = await vitest.globTestSpecifications([`${root}${killedBy.file}`])
  const { testModules, unhandledErrors } = await vitest.runTestSpecifications(specifications)
  // Vitest tells of the files it ran before as well.
  const modules = testModules.filter(({ moduleId }) => moduleId === `${root}${killedBy.file}`)
  const ran = modules.flatMap(({ children }) =>
    [...children.allTests()].flatMap((test) => {
      const { state, errors } = test.result()
      if (state === 'skipped') return []
      const said = (errors ?? []).map(({ name = '', message }) => ({ name, message }))
      return [{ name: test.fullName, state, errors: said }]
    }),
  )
  const faults = modules.flatMap((module) => module.errors().map(({ message }) => message))
  // What a test leaves unhandled behind its own failure belongs to that failure.
  if (ran.every(({ state }) => state === 'passed'))
    faults.push(...unhandledErrors.map((error) => (error instanceof Error ? error.message : String(error))))
  return { ran, faults }
}

async function verdictOn(asked: Mutant): Promise<Omit<Verdict, 'name' | 'seconds'>> {
  try {
    mutatedText(asked, sourceOf(asked))
  } catch (error) {
    return { outcome: 'stale', told: String(error) }
  }
  const test = `${asked.killedBy.file} ${asked.killedBy.test}`
  if (!controlled.has(test)) {
    mutant = null
    const fault = controlFault(asked, await run(asked))
    if (fault !== null) return fault
    controlled.add(test)
  }
  mutant = asked
  const verdict = judged(await run(asked))
  mutant = null
  return verdict
}

process.on('message', (message) => {
  const asked = mutants.find(({ name }) => name === message)
  if (asked === undefined) return
  const begun = performance.now()
  const tell = (verdict: Omit<Verdict, 'name' | 'seconds'>): void => {
    process.send?.({ ...verdict, name: asked.name, seconds: (performance.now() - begun) / 1_000 })
  }
  verdictOn(asked).then(tell, (error: unknown) => tell({ outcome: 'broken', told: String(error) }))
})
// Whoever started it is gone: nobody is left to tell.
process.on('disconnect', () => process.exit())
