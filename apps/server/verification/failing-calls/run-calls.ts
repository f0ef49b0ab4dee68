import { execFileSync } from 'node:child_process'
import { availableParallelism } from 'node:os'
import { fileURLToPath } from 'node:url'
import { parseArgs } from 'node:util'
import type { Found, Tally, Thoroughness } from './each-call.ts'
import { inWords, picture } from './picture.ts'
import { failCalls } from './pool.ts'
import { scenarios } from './scenarios.ts'

const help = `proof calls [--only WORDS] [--in-turn] [--record]
  plays each scripted scenario once for each of its calls to the gateway, the shop, the disk and its callers, with that call failing: lost,
  done but unheard, or answered with an error; once, and for ever. --only plays the scenarios whose names hold the words, --in-turn one
  error a call and only once, as the test does; --record writes docs/proof.md, of a whole run`

const { values } = parseArgs({
  options: {
    only: { type: 'string', default: '' },
    'in-turn': { type: 'boolean', default: false },
    record: { type: 'boolean', default: false },
    help: { type: 'boolean', default: false },
  },
})
const root = fileURLToPath(new URL('../../../..', import.meta.url))
const how: Thoroughness = values['in-turn'] ? 'in turn' : 'all'

const isWhole = values.only === '' && how === 'all'

if (values.help || (values.record && !isWhole)) console.log(help)
else process.exitCode = await main()

async function main(): Promise<number> {
  const indexes = [...scenarios.keys()].filter((index) => scenarios[index]?.name.includes(values.only))
  const tallies: Array<Tally & { readonly name: string }> = []
  const startedAtMs = performance.now()
  await failCalls(indexes, how, (name, tally) => {
    tallies.push({ ...tally, name })
    console.log(`${tallies.length}/${indexes.length} ${name}: ${tally.calls} calls, ${tally.replays} replays`)
    for (const each of tally.found) console.log(inWords(each))
  })
  const found = tallies.flatMap((tally) => tally.found)
  const summary = summaryOf(tallies, found, (performance.now() - startedAtMs) / 1000)
  console.log(summary)
  if (values.record) keep(summary)
  const [first] = found
  if (first !== undefined) console.log(await picture(first))
  return found.length === 0 && tallies.length > 0 ? 0 : 1
}

function summaryOf(tallies: readonly Tally[], found: readonly Found[], seconds: number): string {
  const sum = (of: (tally: Tally) => number): number => tallies.reduce((total, tally) => total + of(tally), 0)
  const replays = sum((tally) => tally.replays)
  return [
    `${tallies.length} scenarios with ${number(sum((tally) => tally.calls))} calls: ${number(replays)} replays in ${number(Math.round(seconds))} s on ${availableParallelism()} processors,`,
    `${how === 'all' ? 'each call failing in three ways, once and for ever' : 'each call failing in one of three ways, once'}: ${found.length === 0 ? 'nothing false was said, nothing acknowledged was lost,' : `${found.length} broke what must hold,`}`,
    `and ${number(replays - found.length)} came to the end they had to come to, ${number(sum((tally) => tally.otherwise))} of them to another than the untouched run, which their scenario allows.`,
  ].join('\n')
}

function keep(summary: string): void {
  execFileSync(
    process.execPath,
    [`${root}/packages/repo-tools/commands/record.ts`, 'Failing calls', 'npx -y pnpm proof calls --record'],
    { input: summary, stdio: ['pipe', 'inherit', 'inherit'] },
  )
}

function number(value: number): string {
  return value.toLocaleString('en')
}
