import type { Explained } from './explained.ts'

type Place = { readonly line: number; readonly column: number }

/** A mutant and what became of it. */
export type Tried = {
  /** From the repository's folder. */
  readonly file: string
  readonly line: number
  /** The whole line on which it begins, without its indentation. */
  readonly lineText: string
  readonly original: string
  readonly replacement: string
  /** Stryker's name for what it does. */
  readonly kind: string
  readonly status: string
  /** It is awake while its module loads, and every test is run against it. */
  readonly isStatic: boolean
}

export type Judgement = {
  readonly killed: number
  readonly timedOut: number
  /** Survived, or run by no test. */
  readonly alive: number
  /** They threw while loading: no test could run, and Stryker counts them nowhere. */
  readonly invalid: number
  /** Killed of all that could be tried, in per cent. Those that are explained count as alive. */
  readonly score: number
  /** The same without those that are explained. */
  readonly scoreOfOthers: number
  readonly unexplained: readonly Tried[]
  /** Explanations of mutants that are no more, or are killed. */
  readonly stale: readonly Explained[]
}

/** What stands at a place of Stryker's in a text; it counts lines and columns from one. */
export function originalAt(
  text: string,
  { start, end }: { readonly start: Place; readonly end: Place },
): Pick<Tried, 'line' | 'lineText' | 'original'> {
  const lines = text.split('\n')
  const offset = ({ line, column }: Place): number =>
    lines.slice(0, line - 1).reduce((sum, each) => sum + each.length + 1, 0) + column - 1
  return {
    line: start.line,
    lineText: (lines[start.line - 1] ?? '').trim(),
    original: text.slice(offset(start), offset(end)),
  }
}

export const explains = (explained: Explained, tried: Tried): boolean =>
  explained.file === tried.file &&
  explained.line === tried.lineText &&
  explained.original === tried.original &&
  explained.replacement === tried.replacement

const isAlive = ({ status }: Tried): boolean => status === 'Survived' || status === 'NoCoverage'

/** `known` are the explanations that this run can speak of: those of files it has tried whole. */
export function judge(
  tried: readonly Tried[],
  explanations: readonly Explained[],
  known: readonly Explained[],
): Judgement {
  const count = (status: string): number => tried.filter((each) => each.status === status).length
  const [killed, timedOut] = [count('Killed'), count('Timeout')]
  const living = tried.filter(isAlive)
  const unexplained = living.filter((each) => !explanations.some((explained) => explains(explained, each)))
  const share = (alive: number): number => {
    const all = killed + timedOut + alive
    return all === 0 ? 0 : (100 * (killed + timedOut)) / all
  }
  return {
    killed,
    timedOut,
    alive: living.length,
    invalid: tried.length - killed - timedOut - living.length,
    score: share(living.length),
    scoreOfOthers: share(unexplained.length),
    unexplained,
    stale: known.filter((explained) => !living.some((each) => explains(explained, each))),
  }
}
