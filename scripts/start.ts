// `npx -y pnpm start`: the built web and the server on one port, for production.

import { existsSync, globSync, statSync } from 'node:fs'
import { askedToStop, start } from './run/child.ts'
import type { Child } from './run/child.ts'
import { setIn } from './run/environment.ts'

const root = `${import.meta.dirname}/..`
const web = `${root}/apps/web`
const nodeMajorLeast = 22
// Longer than the server gives its own open requests.
const graceMs = 30_000

/** What the built web is made from. */
const webSources = [
  'apps/web/{build,public,src}/**/*',
  'apps/web/{index.html,vite.config.ts,package.json}',
  'packages/payment-core/src/**/*',
  'pnpm-lock.yaml',
]

process.exitCode = await main()

async function main(): Promise<number> {
  const major = Number(process.versions.node.split('.')[0])
  if (major < nodeMajorLeast) {
    process.stderr.write(
      `Landfall needs Node ${nodeMajorLeast} or newer, this is ${process.version}. ` +
        '`npx -y pnpm start` brings the right one with it.\n',
    )
    return 1
  }
  if (existsSync(`${root}/.env`)) process.loadEnvFile(`${root}/.env`)
  const environment = { ...setIn(process.env), NODE_ENV: 'production' }
  const stopAsked = askedToStop()

  if (isWebStale()) {
    process.stdout.write('Building the web …\n')
    const build = ['node_modules/vite/bin/vite.js', 'build']
    const code = await through(
      start({ name: 'build', args: build, folder: web, environment, graceMs }, 'inherit'),
      stopAsked,
    )
    if (code !== 0) return code
  }
  const server = { name: 'server', args: ['apps/server/src/main.ts'], folder: root, environment, graceMs }
  return through(start(server, 'inherit'), stopAsked)
}

/** Stays with the child until it ends, passing on the wish to stop; answers its exit code. */
async function through(child: Child, stopAsked: Promise<void>): Promise<number> {
  await Promise.race([child.ended, stopAsked.then(() => child.stop())])
  return (await child.ended).code
}

function isWebStale(): boolean {
  const built = `${web}/dist/index.html`
  if (!existsSync(built)) return true
  const builtAt = statSync(built).mtimeMs
  return globSync(webSources, { cwd: root }).some((path) => statSync(`${root}/${path}`).mtimeMs > builtAt)
}
