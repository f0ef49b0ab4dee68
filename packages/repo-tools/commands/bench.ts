// `npx -y pnpm bench [name]`: the figures against their goals, all of them or one, and other programs that print figures.

import { spawn, spawnSync } from 'node:child_process'
import { fileURLToPath } from 'node:url'

const root = fileURLToPath(new URL('../../..', import.meta.url))

type Bench = { readonly tells: string; readonly program: string; readonly arguments: readonly string[] }

const others: Readonly<Record<string, Bench>> = {
  p14: {
    tells: 'the screens: bytes, time to the outcome on a slow phone, shift, deposit to page (after a build)',
    program: 'apps/web/bench/screens.ts',
    arguments: [],
  },
  frameworks: {
    tells: 'the same door on node:http, Hono and Fastify',
    program: 'apps/server/bench/issue-figures.ts',
    arguments: ['frameworks'],
  },
  ack: {
    tells: 'how soon a webhook is acknowledged at 300 a second while the gateway is a black hole',
    program: 'apps/server/bench/ack.ts',
    arguments: [],
  },
}
const figure = /^p([1-9]|1[0-3])$/
const usage = `bench [p1 … p13] [options]   one figure, several, or all of them, as one table
  --rounds 3          rounds of each side, in turn
  --amount 8000       payments a round
  --orders 1000000    paid orders of the database with a past (P5, P7), ten lines of history each, and a
                      tenth as many pending: some minutes to make
  --large <file>      keeps that database there, or takes one that is there
  --payments 1000000  payments of the long run (P6)
  --seconds 60        how long the gateway is away (P12), and junk pours in (P9: 20 at most)
  --prof              leaves a profile of the measured phase in data/profiles, which Chrome and speedscope
                      open as a flame graph, and tells where the time went, of P6 where the memory did
${Object.entries(others)
  .map(([name, { tells }]) => `bench ${name.padEnd(11)} ${tells}`)
  .join('\n')}
`

const given = process.argv.slice(2).filter((word) => word !== '--')
const [asked] = given
const other = others[asked ?? '']
if (given.includes('--help')) process.stdout.write(usage)
else if (other !== undefined) run(other.program, [...other.arguments, ...given.slice(1)])
else if (asked === undefined || asked.startsWith('--') || figure.test(asked))
  run('apps/server/bench/run.ts', given)
else {
  process.stderr.write(`There is no bench «${asked}». There is:\n${usage}`)
  process.exitCode = 2
}

function run(program: string, words: readonly string[]): void {
  if (program.startsWith('apps/server/') && !buildsServer()) return
  const child = spawn(process.execPath, [program, ...words], { cwd: root, stdio: 'inherit' })
  // Ctrl-C reaches the child by itself, which ends what it has started; this waits for it.
  process.on('SIGINT', () => undefined)
  process.on('SIGTERM', () => child.kill('SIGTERM'))
  child.on('exit', (code) => (process.exitCode = code ?? 1))
}

/** What is measured is what `start` runs. */
function buildsServer(): boolean {
  process.stdout.write('Building the server …\n')
  const build = ['node_modules/vite/bin/vite.js', 'build', '--logLevel', 'warn']
  const { status } = spawnSync(process.execPath, build, { cwd: `${root}apps/server`, stdio: 'inherit' })
  process.exitCode = status ?? 1
  return status === 0
}
