import { diagram } from '../simulation/diagram.ts'
import type { Found } from './each-call.ts'
import { play } from './replay.ts'
import { scenarios } from './scenarios.ts'

/** Lines drawn before the call that fails, and in all. */
const BEFORE = 25
const LINES = 110

/** What was found, in words, and the replay that shows it, as a picture that begins a little before the call that failed. */
export async function picture({ scenario: name, failing, what }: Found): Promise<string> {
  const scenario = scenarios.find((each) => each.name === name)
  if (scenario === undefined) return what
  const untouched = await play(scenario, null, null)
  const { lines, kinds } = failing === null ? untouched : await play(scenario, failing, untouched.end)
  const from = Math.max(0, lines.findIndex((line) => line.what.startsWith('fails on purpose')) - BEFORE)
  return `${inWords({ scenario: name, failing, what }, kinds)}\n${diagram(lines.slice(from, from + LINES))}`
}

export function inWords({ scenario, failing, what }: Found, kinds: readonly string[] = []): string {
  if (failing === null) return `«${scenario}», untouched: ${what}`
  const kind = kinds[failing.call - 1]
  return `«${scenario}», call ${failing.call}${kind === undefined ? '' : ` (${kind})`} ${failing.error} ${failing.lasting}: ${what}`
}
