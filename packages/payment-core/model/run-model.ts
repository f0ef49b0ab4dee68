import { parseArgs } from 'node:util'
import { presets, realRules, type Bounds } from './bounds.ts'
import { explore, type Explored } from './explore.ts'
import { recordInProof } from './record-in-proof.ts'

const help = `proof model [--bounds ${Object.keys(presets).join('|')}]
  explores everything that can happen inside the bounds and holds every state to the promises`

const { values } = parseArgs({
  options: { bounds: { type: 'string', default: 'small' }, help: { type: 'boolean', default: false } },
})
const chosen: Bounds | undefined = Object.values(presets).find(({ name }) => name === values.bounds)

if (values.help || chosen === undefined) console.log(help)
else process.exitCode = run(chosen)

function run(bounds: Bounds): number {
  const begun = performance.now()
  const seconds = (): number => (performance.now() - begun) / 1_000
  let told = 0
  const found = explore(bounds, realRules, (states, transitions, depth) => {
    if (seconds() < told + 5) return
    told = seconds()
    console.log(`depth ${depth}: ${states} states, ${transitions} transitions, ${told.toFixed(0)} s`)
  })
  const { broken, toTheEnd } = found
  const lines = broken === null ? linesOf(found, seconds()) : [`BROKEN ${broken.id}: ${broken.why}`]
  for (const line of lines) console.log(line)
  for (const [index, words] of (broken?.trace ?? []).entries()) console.log(`  ${index + 1}. ${words}`)
  if (broken !== null || !toTheEnd) return 1
  // Do not record the bounds that the tests explore each time.
  if (['full', 'stale', 'wide', 'counted', 'twice', 'contradicted'].includes(bounds.name))
    recordInProof(
      `The model, bounds ${bounds.name}`,
      `npx -y pnpm proof model --bounds ${bounds.name}`,
      lines,
    )
  return 0
}

function linesOf({ states, transitions, depth, parts, ends }: Explored, seconds: number): string[] {
  const number = (value: number): string => value.toLocaleString('en')
  return [
    `Explored to the last state: ${number(states)} states, ${number(transitions)} transitions, depth ${depth}; all promises hold in each.`,
    `${number(parts.truths)} books of the gateway, ${number(parts.records)} records, ${number(parts.decisions)} decisions; ${seconds.toFixed(0)} s, ` +
      `${number(Math.round(states / seconds))} states a second.`,
    `Orders end in ${ends.size} ways.`,
  ]
}
