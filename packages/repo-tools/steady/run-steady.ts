// `npx -y pnpm proof steady`: runs a command again and again, on a quiet machine and on a busy one, and prints a table.

import { spawn } from 'node:child_process'
import { createWriteStream, mkdirSync } from 'node:fs'
import { createInterface } from 'node:readline'
import { fileURLToPath } from 'node:url'
import { parseArgs } from 'node:util'
import { busyLoops } from './busy-loops.ts'
import { longestTest, type Longest } from './longest-test.ts'
import { Descendants } from '../proof/processes.ts'

const root = fileURLToPath(new URL('../../..', import.meta.url))
const help = `proof steady [command] [--quiet 6] [--busy 3] [--nice 3]
  runs «npx -y pnpm <command>» («test» unless another is named) so many times on the machine as it is, beside three busy loops,
  and at the lowest priority beside one. Prints a line a run: seconds, exit code, peak memory of all its processes, its longest test.
  What each run printed is kept in data/steady.`

const { values, positionals } = parseArgs({
  allowPositionals: true,
  options: {
    quiet: { type: 'string', default: '6' },
    busy: { type: 'string', default: '3' },
    nice: { type: 'string', default: '3' },
    help: { type: 'boolean', default: false },
  },
})

const LOOK_EVERY_MS = 1_000

type Load = { readonly name: string; readonly loops: number; readonly priority: number }
type Ran = {
  readonly load: string
  readonly seconds: number
  readonly code: number
  readonly gigabytes: number
  readonly longest: Longest | null
}

const loads: ReadonlyArray<readonly [Load, number]> = [
  [{ name: 'quiet', loops: 0, priority: 0 }, Number(values.quiet)],
  [{ name: 'three busy loops', loops: 3, priority: 0 }, Number(values.busy)],
  [{ name: 'nice 19, one busy loop', loops: 1, priority: 19 }, Number(values.nice)],
]
const command = positionals.length === 0 ? ['test'] : positionals

if (values.help || loads.some(([, times]) => !Number.isInteger(times) || times < 0)) console.log(help)
else process.exitCode = await main()

async function main(): Promise<number> {
  const folder = `${root}data/steady`
  mkdirSync(folder, { recursive: true })
  const planned = loads.flatMap(([load, times]) => Array.from({ length: times }, () => load))
  const ran: Ran[] = []
  for (const load of planned) {
    console.log(`${ran.length + 1}/${planned.length} ${command.join(' ')}, ${load.name} …`)
    ran.push(await run(load, `${folder}/${ran.length + 1}.log`))
    console.log(`  ${rowOf(ran.at(-1))}`)
  }
  console.log(['', `load | seconds | exit | peak memory | longest test`, ...ran.map(rowOf)].join('\n'))
  return ran.every(({ code }) => code === 0) ? 0 : 1
}

async function run({ name, loops, priority }: Load, log: string): Promise<Ran> {
  const kept = createWriteStream(log)
  const lines: string[] = []
  const [busy, begunMs] = [busyLoops(loops), performance.now()]
  const child = spawn('nice', ['-n', String(priority), 'npx', '-y', 'pnpm', ...command], {
    cwd: root,
    stdio: ['ignore', 'pipe', 'pipe'],
  })
  for (const input of [child.stdout, child.stderr])
    createInterface({ input }).on('line', (line) => {
      lines.push(line)
      kept.write(`${line}\n`)
    })
  const family = new Descendants(child.pid ?? -1)
  const watch = setInterval(() => family.look(), LOOK_EVERY_MS)
  const code = await new Promise<number>((resolve) => {
    child.once('error', () => resolve(1))
    child.once('close', (status) => resolve(status ?? 1))
  })
  const seconds = (performance.now() - begunMs) / 1_000
  clearInterval(watch)
  busy.stop()
  kept.end()
  return { load: name, seconds, code, gigabytes: family.peakBytes / 2 ** 30, longest: longestTest(lines) }
}

function rowOf(ran: Ran | undefined): string {
  if (ran === undefined) return ''
  const { load, seconds, code, gigabytes, longest } = ran
  const test = longest === null ? 'none over 0.3 s' : `${(longest.ms / 1_000).toFixed(1)} s ${longest.name}`
  return [load, seconds.toFixed(0), String(code), `${gigabytes.toFixed(1)} GiB`, test].join(' | ')
}
