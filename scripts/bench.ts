// `npx -y pnpm bench [name]`: the programs that print figures. Without a name, the ones that need nothing made before them.

import { spawn } from 'node:child_process'
import { fileURLToPath } from 'node:url'

const root = fileURLToPath(new URL('..', import.meta.url))

type Bench = {
  readonly tells: string
  readonly program: string
  readonly arguments: readonly string[]
  readonly long: boolean
}

const benches: Readonly<Record<string, Bench>> = {
  doors: {
    tells: 'webhooks stored and returns answered a second, with the gateway answering at once',
    program: 'apps/server/bench/issue-figures.ts',
    arguments: ['doors'],
    long: false,
  },
  frameworks: {
    tells: 'the same door on node:http, Hono and Fastify',
    program: 'apps/server/bench/issue-figures.ts',
    arguments: ['frameworks'],
    long: false,
  },
  ack: {
    tells: 'how soon a webhook is acknowledged at 300 a second while the gateway is a black hole',
    program: 'apps/server/bench/ack.ts',
    arguments: [],
    long: false,
  },
  start: {
    tells:
      'how soon a server is ready over a million orders (of a database made by apps/server/bench/large.ts)',
    program: 'apps/server/bench/start-large.ts',
    arguments: [],
    long: true,
  },
  p14: {
    tells: 'the screens: bytes, time to the outcome on a slow phone, shift, deposit to page (after a build)',
    program: 'apps/web/bench/screens.ts',
    arguments: [],
    long: true,
  },
}

const [asked, ...rest] = process.argv.slice(2)
const known = Object.entries(benches)
const chosen = known.filter(([name, { long }]) => (asked === undefined ? !long : name === asked))
if (chosen.length === 0) {
  process.stderr.write(
    `There is no bench «${asked ?? ''}». There is:\n${known.map(([name, { tells }]) => `  ${name.padEnd(11)} ${tells}`).join('\n')}\n`,
  )
  process.exit(2)
}
for (const [name, bench] of chosen) {
  process.stdout.write(`\n${name}: ${bench.tells}\n`)
  const child = spawn(process.execPath, [bench.program, ...bench.arguments, ...rest], {
    cwd: root,
    stdio: 'inherit',
  })
  const code = await new Promise<number>(
    (resolve) => void child.on('exit', (exitCode) => resolve(exitCode ?? 1)),
  )
  if (code !== 0) process.exit(code)
}
