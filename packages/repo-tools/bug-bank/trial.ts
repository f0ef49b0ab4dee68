import type { Mutant } from './mutant.ts'

const outcomes = ['killed', 'survived', 'stale', 'broken', 'no_test', 'hung'] as const

/** What a lane says of one mutant. */
export type Verdict = {
  readonly name: string
  /** `killed`: a test that passes without the bug fails with it. `stale`, `broken` and `no_test` are faults of the bank. */
  readonly outcome: (typeof outcomes)[number]
  /** Which test, and the first line of what it said; or what is wrong. */
  readonly told: string
  readonly seconds: number
}

/** One test as vitest reports it, no more of it than a verdict needs. */
export type Ran = {
  readonly name: string
  readonly state: string
  readonly errors: ReadonlyArray<{ readonly name: string; readonly message: string }>
}

/** All that one run of the named test showed. `faults` are errors outside of any test: a source that cannot be loaded, for one. */
export type Run = { readonly ran: readonly Ran[]; readonly faults: readonly string[] }

const firstLine = (text: string): string => (text.split('\n')[0] ?? '').trim().slice(0, 160)

/** A program that does not run is not a bug that was found: a mutant must make a promise false. */
const isCrash = ({ name, message }: Ran['errors'][number]): boolean =>
  /^(SyntaxError|ReferenceError|TypeError)$/.test(name) || message.startsWith('Test timed out')

/** Without the bug the test must be there and pass. Null when it does. */
export function controlFault(
  { killedBy }: Mutant,
  { ran, faults }: Run,
): Omit<Verdict, 'name' | 'seconds'> | null {
  const [fault] = faults
  if (fault !== undefined) return { outcome: 'broken', told: `without the bug: ${firstLine(fault)}` }
  if (ran.length === 0)
    return { outcome: 'no_test', told: `no test in ${killedBy.file} is called «${killedBy.test}»` }
  const failed = ran.find(({ state }) => state !== 'passed')
  if (failed === undefined) return null
  return { outcome: 'broken', told: `«${failed.name}» fails without the bug: ${saidBy(failed)}` }
}

/** With the bug it must fail, and by what it expects. */
export function judged({ ran, faults }: Run): Omit<Verdict, 'name' | 'seconds'> {
  const [fault] = faults
  if (fault !== undefined) return { outcome: 'broken', told: `with the bug: ${firstLine(fault)}` }
  const failed = ran.filter(({ state }) => state === 'failed')
  const [first] = failed
  if (first === undefined) return { outcome: 'survived', told: 'every expectation holds' }
  const kill = failed.find(({ errors }) => errors.length > 0 && !errors.some(isCrash))
  if (kill !== undefined) return { outcome: 'killed', told: `${kill.name}: ${saidBy(kill)}` }
  return { outcome: 'broken', told: `«${first.name}» only crashes: ${saidBy(first)}` }
}

const saidBy = ({ errors }: Ran): string => firstLine(errors[0]?.message ?? 'nothing')

/** A verdict as it comes from another process; null for anything else. */
export function verdictFrom(message: unknown): Verdict | null {
  const said = new Map<string, unknown>(Object.entries(message ?? {}))
  const outcome = outcomes.find((each) => each === said.get('outcome'))
  if (outcome === undefined) return null
  return {
    name: String(said.get('name')),
    outcome,
    told: String(said.get('told')),
    seconds: Number(said.get('seconds')),
  }
}
