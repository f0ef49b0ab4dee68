// `npx -y pnpm start`: the built web and the built server on one port, for production.

import { existsSync, globSync, readFileSync, statSync } from 'node:fs'
import { resolve } from 'node:path'
import { parseEnv } from 'node:util'
import { z } from 'zod'
import { askedToStop, start, through } from '../run/child.ts'
import { setIn } from '../run/environment.ts'
import type { Environment } from '../run/environment.ts'

const root = `${import.meta.dirname}/../../..`
const nodeMajorLeast = 22
// Longer than the server gives its own open requests.
const graceMs = 30_000

/** What is built, where its entry is then, and what it is made from. */
const builds = [
  {
    what: 'web',
    usually: '5 s',
    folder: 'apps/web',
    entry: 'apps/web/dist/index.html',
    sources: ['apps/web/{build,public,src}/**/*', 'apps/web/{index.html,vite.config.ts,package.json}'],
  },
  {
    what: 'server',
    usually: '3 s',
    folder: 'apps/server',
    entry: 'apps/server/built/main.js',
    sources: ['apps/server/src/**/*', 'apps/server/{vite.config.ts,package.json}'],
  },
] as const
const sharedSources = ['packages/payment-core/src/**/*', 'pnpm-lock.yaml']

process.exitCode = await main()

async function main(): Promise<number> {
  const major = Number(process.versions.node.split('.')[0])
  if (major < nodeMajorLeast) {
    process.stderr.write(
      `Landfall needs Node ${nodeMajorLeast} or newer; this is ${process.version}.\n` +
        '`npx -y pnpm start` brings the right one with it.\n',
    )
    return 1
  }
  const environment = productionEnvironment()
  const stopAsked = askedToStop('SIGHUP')

  const run = (args: string[], folder: string, rereads: 'rereads' | null = null): Promise<number> => {
    const program = start({ name: args.join(' '), args, folder, environment, graceMs }, 'inherit')
    return through(program, stopAsked, rereads)
  }

  // A configuration error shows before the build, not after it.
  const unusable = await run(['apps/server/src/commands/check-config.ts'], root)
  if (unusable !== 0) return unusable
  for (const each of builds) {
    if (!isStale(each)) continue
    process.stdout.write(`Building the ${each.what}: usually ${each.usually} …\n`)
    const failed = await run(
      ['node_modules/vite/bin/vite.js', 'build', '--logLevel', 'warn'],
      `${root}/${each.folder}`,
    )
    if (failed !== 0) return failed
  }
  process.stdout.write(
    `Starting the server: usually 2 s … SIGHUP to process ${process.pid} has it read its secrets again.\n`,
  )
  return run([...heapOptions(), builds[1].entry], root, 'rereads')
}

function heapOptions(): string[] {
  const manifest: unknown = JSON.parse(readFileSync(`${root}/apps/server/package.json`, 'utf8'))
  return z
    .object({ config: z.object({ heap: z.string() }) })
    .parse(manifest)
    .config.heap.split(' ')
}

/** What the shell sets, else what the file says; and which of it is from there, for the server to read it again. */
function productionEnvironment(): Environment {
  const shell = { ...setIn(process.env), NODE_ENV: 'production' }
  const path = resolve(process.env['ENV_FILE'] || `${root}/.env`)
  if (!existsSync(path)) return shell
  // An editor of Windows begins the file with a byte order mark, which is no part of the first name.
  const file = setIn(parseEnv(readFileSync(path, 'utf8').replace(/^\uFEFF/, '')))
  const names = Object.keys(file).filter((name) => !(name in shell))
  return { ...file, ...shell, ENV_FILE: path, ENV_FILE_NAMES: names.join(',') }
}

function isStale({ entry, sources }: (typeof builds)[number]): boolean {
  const built = `${root}/${entry}`
  if (!existsSync(built)) return true
  const builtAt = statSync(built).mtimeMs
  const paths = globSync([...sources, ...sharedSources], { cwd: root })
  return paths.some((path) => statSync(`${root}/${path}`).mtimeMs > builtAt)
}
