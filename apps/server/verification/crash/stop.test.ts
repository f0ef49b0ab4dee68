import { startSandbox } from '@landfall/gateway-sandbox'
import { mkdtempSync, rmSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { setTimeout as pause } from 'node:timers/promises'
import { expect, inject, test } from 'vitest'
import { freePort } from '../../testing/free-port.ts'
import { createDatabase } from '../../testing/postgres.ts'
import { answers, callProcedure, gatewayKeys, startServer, until } from './server-process.ts'
import { stopFigures, stopLimits, stopUnderLoad, type StopReport } from './stop.ts'

/** Fewer than in the whole proof, `npx -y pnpm proof stop`, and enough to go on until the server has ended. */
const REQUESTS = 3_000

function expectKept(report: StopReport): void {
  console.log(stopFigures(report))
  expect(stopLimits(report)).toEqual([])
}

test('C-10 S-10 a server that is told to stop under load loses no request and nothing acknowledged, on SQLite', async () => {
  expectKept(await stopUnderLoad(REQUESTS, null))
})

test('C-10 S-10 a server that is told to stop under load loses no request and nothing acknowledged, on Postgres', async () => {
  await using database = await createDatabase(inject('postgresUrl'))
  expectKept(await stopUnderLoad(REQUESTS, database.url))
})

test('C-10 readyz turns to 503 while requests are still served, and a second signal ends the server at once', async () => {
  const folder = mkdtempSync(join(tmpdir(), 'landfall-signals-'))
  try {
    await using gateway = await startSandbox(gatewayKeys)
    const databaseUrl = `file:${join(folder, 'landfall.db')}`
    const world = { folder, databaseUrl, gatewayUrl: gateway.url, noticeUrl: null }
    await using server = startServer(world, await freePort())
    expect(await server.ready(), server.complaint()).toBe(true)
    server.signal('SIGTERM')
    await until('readyz tells it', async () => (await fetch(`${server.url}/readyz`)).status === 503)
    expect(await answers(`${server.url}/healthz`)).toBe(true)
    expect((await callProcedure(server.url, 'orders.get', { orderId: 'none' }))?.status).toBe(405)
    await pause(400)
    server.signal('SIGTERM')
    expect((await server.ended).code).toBe(1)
    expect(server.complaint()).toContain('second signal')
  } finally {
    rmSync(folder, { recursive: true, force: true })
  }
})
