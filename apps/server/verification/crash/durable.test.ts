import { startSandbox } from '@landfall/gateway-sandbox'
import { once } from 'node:events'
import { closeSync, mkdtempSync, openSync, readFileSync, rmSync, writeSync } from 'node:fs'
import { createServer } from 'node:http'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { setTimeout as pause } from 'node:timers/promises'
import { expect, test } from 'vitest'
import { openDatabase, type Database } from '../../src/store/engines/open.ts'
import { readBooks } from './books.ts'
import { callProcedure, gatewayKeys, startServer, until, type World as Place } from './server-process.ts'
import { freePort } from '../../testing/free-port.ts'

async function inFolder(run: (folder: string) => Promise<void>): Promise<void> {
  const folder = mkdtempSync(join(tmpdir(), 'landfall-durable-'))
  try {
    await run(folder)
  } finally {
    rmSync(folder, { recursive: true, force: true })
  }
}

const placeOf = (folder: string, gatewayUrl: string): Place => ({
  folder,
  databaseUrl: `file:${join(folder, 'landfall.db')}`,
  gatewayUrl,
  noticeUrl: null,
})

const tell = (url: string, number: number): Promise<number> =>
  fetch(`${url}/webhooks/portone`, {
    method: 'POST',
    headers: { 'content-type': 'application/json' },
    body: JSON.stringify({
      imp_uid: `imp_${String(number).padStart(12, '0')}`,
      merchant_uid: `ord-${number}`,
      status: 'paid',
    }),
  }).then(
    (answer) => answer.status,
    () => 0,
  )

const open = (url: string): Promise<Database> => openDatabase(url, (run) => void setImmediate(run))

test('C-08 a damaged file is refused at start with a sentence that says which file, and a way out; it is left as it was', () =>
  inFolder(async (folder) => {
    const place = placeOf(folder, 'http://127.0.0.1:9')
    const file = join(folder, 'landfall.db')
    const db = await open(place.databaseUrl)
    await db.close()
    const hole = openSync(file, 'r+')
    for (let page = 1; page < 12; page += 1)
      writeSync(hole, Buffer.alloc(2_048, 0x5a), 0, 2_048, page * 4_096)
    closeSync(hole)
    const damaged = readFileSync(file)
    await using server = startServer(place, await freePort())
    expect(await server.ended).toEqual({ code: 1, signal: null })
    expect(server.complaint().replaceAll(/\s+/g, ' ')).toMatch(
      /landfall\.db is damaged .*put a backup in its place/,
    )
    expect(server.complaint()).not.toMatch(/^ +at /m)
    expect(readFileSync(file).equals(damaged)).toBe(true)
  }))

test('C-10 SIGTERM under load: it ends with code 0, and every webhook and order it acknowledged is stored', () =>
  inFolder(async (folder) => {
    await using gateway = await startSandbox(gatewayKeys)
    gateway.misbehave({ rest: 'slow', restMs: 300 })
    const place = placeOf(folder, gateway.url)
    await using server = startServer(place, await freePort())
    expect(await server.ready(), server.complaint()).toBe(true)
    const acknowledged: number[] = []
    const orders: string[] = []
    let next = 0
    const load = Array.from({ length: 24 }, async () => {
      while (server.isRunning()) {
        const number = (next += 1)
        if (number % 8 === 0) {
          const orderId = `ord-${number}`
          const answer = await callProcedure(server.url, 'orders.register', {
            orderId,
            name: '증명',
            amount: 1_000,
          })
          if (answer?.status === 200) orders.push(orderId)
        } else if ((await tell(server.url, number)) === 200) acknowledged.push(number)
        await pause(5)
      }
    })
    await until('there is load', () => acknowledged.length > 200)
    server.signal('SIGTERM')
    expect(await server.ended).toEqual({ code: 0, signal: null })
    await Promise.all(load)
    const books = await readBooks(place.databaseUrl)
    const stored = new Set(books.receipts.map((row) => row.orderId))
    expect(acknowledged.filter((number) => !stored.has(`ord-${number}`))).toEqual([])
    expect(orders.filter((orderId) => !books.orders.some((row) => row.orderId === orderId))).toEqual([])
  }))

/** A gateway that takes every call and answers none. */
async function openSilence(): Promise<
  AsyncDisposable & { readonly url: string; readonly heard: () => number }
> {
  let heard = 0
  const server = createServer(() => void (heard += 1)).listen(0, '127.0.0.1')
  await once(server, 'listening')
  const address = server.address()
  if (address === null || typeof address === 'string') throw new Error('no port')
  return {
    url: `http://127.0.0.1:${address.port}`,
    heard: () => heard,
    [Symbol.asyncDispose]: async () => {
      server.closeAllConnections()
      server.close()
      await once(server, 'close')
    },
  }
}

// That ten seconds suffice is shown in a world with a time of its own (claims.test.ts).
test('C-10 SIGTERM while the gateway answers nothing at all: it ends with code 0 and waits for no answer', () =>
  inFolder(async (folder) => {
    await using gateway = await openSilence()
    await using server = startServer(placeOf(folder, gateway.url), await freePort())
    expect(await server.ready(), server.complaint()).toBe(true)
    for (let number = 0; number < 40; number += 1) expect(await tell(server.url, number)).toBe(200)
    await until('the gateway is asked', () => gateway.heard() > 0)
    server.signal('SIGTERM')
    expect(await server.ended).toEqual({ code: 0, signal: null })
  }))
