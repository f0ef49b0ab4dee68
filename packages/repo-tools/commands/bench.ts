// `npx -y pnpm bench [name]`: the figures against their goals, all of them or some.

import { spawn, spawnSync } from 'node:child_process'
import { fileURLToPath } from 'node:url'

const root = fileURLToPath(new URL('../../..', import.meta.url))

const usage = `bench [p1 … p13] [options]   one figure, several, or all of them, as one table
  --rounds 3          rounds of each side, in turn
  --amount 8000       payments a round
  --orders 1000000    paid orders of the database with a past (P5, P7), ten lines of history each, and a
                      tenth as many pending
  --payments 1000000  payments of the long run (P6)
  --seconds 60        how long the gateway is away (P12), and junk pours in (P9: 20 at most)
  --prof              leaves profiles of each server in data/profiles, CPU and heap, which Chrome and
                      speedscope open
bench p14             the screens: bytes, time to the outcome on a slow phone, shift, deposit to page (after a build)
`
const given = process.argv.slice(2).filter((word) => word !== '--')
const [asked] = given
if (given.includes('--help')) process.stdout.write(usage)
else if (asked === 'p14') run('apps/web/bench/screens.ts', given.slice(1))
else if (buildsServer()) run('apps/server/bench/run.ts', given)

function run(program: string, words: readonly string[]): void {
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
