import { startSandbox } from '@landfall/gateway-sandbox'
import { spawn } from 'node:child_process'
import { once } from 'node:events'
import { mkdtempSync, rmSync } from 'node:fs'
import { createServer } from 'node:net'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { fileURLToPath } from 'node:url'
import { expect, test } from 'vitest'
import { freePort } from '../testing/free-port.ts'
import { merchantKey, rehearsal } from '../testing/settings.ts'

const program = fileURLToPath(new URL('./main.ts', import.meta.url))

function folder() {
  const path = mkdtempSync(join(tmpdir(), 'landfall-main-'))
  return { path, [Symbol.dispose]: () => rmSync(path, { recursive: true }) }
}

/** Starts the server as a person does. */
async function started(data: string, settings: Readonly<Record<string, string>>) {
  const port = await freePort()
  const url = `http://127.0.0.1:${port}`
  const env = {
    ...rehearsal,
    DATABASE_URL: `file:${data}/landfall.db`,
    PORT: String(port),
    PUBLIC_URL: url,
    ...settings,
  }
  const child = spawn(process.execPath, [program], { env, stdio: ['ignore', 'pipe', 'pipe'] })
  let said = ''
  for (const stream of [child.stdout, child.stderr]) stream.on('data', (bytes) => (said += String(bytes)))
  const ended = once(child, 'exit')
  const isUp = async (): Promise<boolean> => {
    while (!said.includes('landfall is up') && child.exitCode === null)
      await new Promise((resolve) => void setTimeout(resolve, 20))
    return child.exitCode === null
  }
  return {
    isUp,
    ended,
    said: () => said,
    exitCode: () => child.exitCode,
    ready: async () => {
      const answer = await fetch(`${url}/readyz`)
      return [answer.status, await answer.json()]
    },
    register: (orderId: string) =>
      fetch(`${url}/trpc/orders.register`, {
        method: 'POST',
        headers: { authorization: `Bearer ${merchantKey}`, 'content-type': 'application/json' },
        body: JSON.stringify({ orderId, name: 'x', amount: 1_000 }),
      }),
    [Symbol.asyncDispose]: async () => {
      // How it stops is not the subject, and an orderly stop waits seconds for the balancer.
      child.kill('SIGKILL')
      await ended
    },
  }
}

test('G-22: a start tries the key; one of another account ends it, in sentences that say how to go on', async () => {
  using data = folder()
  await using gateway = await startSandbox()
  await using other = await startSandbox({ key: 'another-key', secret: 'another-secret' })
  {
    await using server = await started(data.path, { PORTONE_V1_URL: gateway.url })
    expect(await server.isUp()).toBe(true)
    expect(server.said()).toContain('the gateway accepts the key')
    expect((await server.register('ord-1')).status).toBe(200)
  }
  await using server = await started(data.path, {
    PORTONE_V1_URL: other.url,
    PORTONE_V1_KEY: 'another-key',
    PORTONE_V1_SECRET: 'another-secret',
  })
  expect(await server.isUp()).toBe(false)
  expect(server.exitCode()).toBe(1)
  expect(server.said()).toMatch(/another gateway account[^]*Put\s+the\s+former\s+one\s+back/)
})

test('G-22, N-12: a wrong key starts, and is told; so is a missing NOTIFY_URL', async () => {
  using data = folder()
  await using gateway = await startSandbox()
  await using server = await started(data.path, {
    PORTONE_V1_URL: gateway.url,
    PORTONE_V1_SECRET: 'wrong-secret',
    NOTIFY_URL: '',
  })
  expect(await server.isUp()).toBe(true)
  expect(server.said()).toMatch(/the gateway refuses PORTONE_V1_KEY/)
  expect(server.said()).toMatch(/NOTIFY_URL is missing/)
  expect(await server.ready()).toMatchObject([
    503,
    { status: 'not ready', warnings: [expect.stringMatching(/NOTIFY_URL/)] },
  ])
})

test('G-22: a gateway that never answers keeps no customer waiting: the start takes five seconds at most', async () => {
  using data = folder()
  const port = await freePort()
  const silent = createServer()
  await once(silent.listen(port, '127.0.0.1'), 'listening')
  {
    await using server = await started(data.path, { PORTONE_V1_URL: `http://127.0.0.1:${port}` })
    expect(await server.isUp()).toBe(true)
    const times = [...server.said().matchAll(/"time":"([^"]+)"/g)].map(([, time = '']) => Date.parse(time))
    expect(Math.max(...times) - Math.min(...times)).toBeLessThan(5_000)
    expect(await server.ready()).toMatchObject([200, { status: 'ready' }])
  }
  silent.close()
})
