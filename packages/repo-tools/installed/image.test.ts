import { execFileSync } from 'node:child_process'
import { once } from 'node:events'
import { chmodSync, globSync, mkdtempSync, readdirSync, readFileSync, rmSync, statSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { validate } from 'dockerfile-utils'
import { afterAll, beforeAll, expect, test, vi } from 'vitest'
import { z } from 'zod'
import { exampleEnvironment, type Environment } from '../run/environment.ts'
import { asInImage, buildImage, dockerfile, isInContext, type Image } from './image.ts'
import { root } from './packing.ts'
import { begin, freePort, type Begun } from './processes-around.ts'

/** What the server promises, and a service manager has to wait for. */
const STOPS_WITHIN_MS = 10_000
const WAIT_MS = 10_000

const folder = mkdtempSync(join(tmpdir(), 'landfall-image-'))
chmodSync(folder, 0o755)
let image: Image
let sandbox: Begun
let env: Environment
let url = ''

beforeAll(async () => {
  image = buildImage(folder)
  const [port, gatewayPort] = [await freePort(), await freePort()]
  const gateway = `http://127.0.0.1:${gatewayPort}`
  url = `http://127.0.0.1:${port}`
  const { PORTONE_V1_KEY = '', PORTONE_V1_SECRET = '', PORTONE_V1_USER_CODE = '' } = exampleEnvironment(root)
  env = {
    // With a sandbox the server listens to this machine alone; in a container it is HOST=0.0.0.0.
    HOST: '127.0.0.1',
    PORT: String(port),
    PUBLIC_URL: url,
    PORTONE_V1_URL: gateway,
    PORTONE_V1_SDK_URL: `${gateway}/v1/iamport.js`,
    PORTONE_V1_KEY,
    PORTONE_V1_SECRET,
    PORTONE_V1_USER_CODE,
    MERCHANT_API_KEYS: 'a-key-of-this-test-alone',
    TOKEN_SECRET: 'a-token-secret-of-this-test-alone',
  }
  const bin = join(root, 'packages/gateway-sandbox/src/bin.ts')
  const own = { PATH: process.env['PATH'] ?? '', SANDBOX_PORT: String(gatewayPort), SANDBOX_V2_PORT: '0' }
  const command = { command: process.execPath, args: [bin], folder: root, answersAt: gateway }
  sandbox = await begin(command, { ...exampleEnvironment(root), ...own })
})
afterAll(async () => {
  await sandbox?.[Symbol.asyncDispose]()
  rmSync(folder, { recursive: true, force: true })
})

/** Throws when the command ends with another status than 0. */
function runInImage(words: readonly string[]): string {
  const { command, args, folder: cwd, env: all } = asInImage(image, words, env)
  return execFileSync(command, args, { cwd, env: all, encoding: 'utf8', stdio: ['ignore', 'pipe', 'pipe'] })
}

test('a linter finds nothing in the Dockerfile', () => {
  expect(validate(dockerfile, {}).map(({ message }) => message)).toEqual([])
})

test('P-06: no secret, no data, no test and no installed package enters its build', () => {
  const kept = ['package.json', 'pnpm-lock.yaml', 'apps/server/src/main.ts', 'apps/web/public/icon.svg']
  expect(kept.filter((path) => !isInContext(path))).toEqual([])
  const outside = [
    '.env',
    'data/landfall.db',
    '.git/config',
    'node_modules/zod/index.js',
    'deploy/Dockerfile',
  ]
  const below = ['apps/server/.env', 'apps/web/node_modules/x.js', 'apps/server/data/a.db']
  const tests = ['apps/server/src/main.test.ts', 'apps/server/testing/world.ts', 'apps/web/e2e/shop.ts']
  expect([...outside, ...below, ...tests].filter(isInContext)).toEqual([])
})

test('P-06: it holds what the server imports, the build and its pages, and nothing that builds or tests them', () => {
  const app = join(image.folder, 'landfall')
  expect(readdirSync(app).toSorted()).toEqual(['apps', 'data', 'node_modules'])
  expect(readdirSync(join(app, 'apps/server')).toSorted()).toEqual([
    'built',
    'migrations',
    'node_modules',
    'package.json',
  ])
  const manifest = z
    .object({ dependencies: z.record(z.string(), z.string()) })
    .parse(JSON.parse(readFileSync(join(app, 'apps/server/package.json'), 'utf8')))
  const installed = globSync(['*', '@*/*'], { cwd: join(app, 'apps/server/node_modules') })
  const names = installed.filter((name) => !/^@[^/]*$/.test(name) && !name.startsWith('.'))
  expect(names.toSorted()).toEqual(Object.keys(manifest.dependencies).toSorted())
  expect(
    globSync('apps/**/*.{ts,tsx}', { cwd: app, exclude: (name) => name.includes('node_modules') }),
  ).toEqual([])
  expect(globSync('apps/web/dist/{inventory.json,result*}', { cwd: app })).not.toEqual([])
})

test('C-10: as its own user it starts, is ready, serves pages and API, is backed up, and stops on SIGTERM in time', async () => {
  const served = asInImage(image, image.command, env)
  await using server = await begin({ ...served, answersAt: `${url}/healthz` }, served.env)
  await vi.waitFor(() => runInImage(image.healthcheck), WAIT_MS)
  for (const path of ['/', '/docs', '/docs/reference.js', '/openapi.json'])
    expect([path, (await fetch(url + path)).status]).toEqual([path, 200])
  const headers = { authorization: 'Bearer a-key-of-this-test-alone', 'content-type': 'application/json' }
  const body = JSON.stringify({ orderId: 'ord-1', name: '드립백', amount: 14_000 })
  const registered = await fetch(`${url}/v1/orders`, { method: 'POST', headers, body })
  const { returnUrl } = z.object({ returnUrl: z.string() }).parse(await registered.json())
  expect(await (await fetch(returnUrl)).text()).toContain('data-kind="checking"')

  const landfall = 'apps/server/built/commands/landfall.js'
  const from = ['--from', 'file:./data/landfall.db', '--to', './data/backup.db']
  expect(runInImage(['node', landfall, 'backup', ...from])).toContain('1 orders, read through and sound')
  const { uid, mode } = statSync(join(image.folder, 'landfall/data/landfall.db'))
  expect([uid, mode & 0o777]).toEqual([process.getuid?.() === 0 ? image.userId : process.getuid?.(), 0o600])

  const ended = once(server.child, 'exit')
  const askedAtMs = performance.now()
  server.child.kill('SIGTERM')
  await vi.waitFor(() => expect(() => runInImage(image.healthcheck)).toThrow('Command failed'), WAIT_MS)
  expect(await ended).toEqual([0, null])
  expect(performance.now() - askedAtMs).toBeLessThanOrEqual(STOPS_WITHIN_MS)
})
