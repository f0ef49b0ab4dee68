import { startSandbox } from '@landfall/gateway-sandbox'
import { mkdtempSync, rmSync, writeFileSync } from 'node:fs'
import { once } from 'node:events'
import { createServer, type IncomingHttpHeaders } from 'node:http'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { Webhook } from 'standardwebhooks'
import { expect, test } from 'vitest'
import { z } from 'zod'
import { gatewayKeys, startServer, until, type ServerProcess } from './server-process.ts'
import { freePort } from '../../testing/free-port.ts'

const [oldKey, newKey] = ['old-key-of-a-shop-that-rotates', 'new-key-of-a-shop-that-rotates']
const whsec = (text: string): string => `whsec_${Buffer.from(text).toString('base64')}`
const [oldNotice, newNotice] = [whsec('the old notice secret of it'), whsec('the new notice secret of it')]
const [oldToken, newToken] = ['old-token-secret-of-this-shop-0001', 'new-token-secret-of-this-shop-0002']
const fileOf = (settings: Readonly<Record<string, string>>): string =>
  Object.entries(settings)
    .map(([name, value]) => `${name}="${value}"\n`)
    .join('')

type Notice = { readonly headers: IncomingHttpHeaders; readonly text: string }
async function openBackend() {
  const notices: Notice[] = []
  const server = createServer((request, response) => {
    const chunks: Buffer[] = []
    request.on('data', (chunk: Buffer) => chunks.push(chunk))
    request.on('end', () => {
      notices.push({ headers: request.headers, text: Buffer.concat(chunks).toString('utf8') })
      response.writeHead(204).end()
    })
  }).listen(0, '127.0.0.1')
  await once(server, 'listening')
  const address = server.address()
  if (address === null || typeof address === 'string') throw new Error('no port')
  return {
    url: `http://127.0.0.1:${address.port}/notices`,
    notices,
    [Symbol.asyncDispose]: async () => {
      server.close()
      server.closeAllConnections()
      await once(server, 'close')
    },
  }
}

const isSignedWith = (secret: string, { headers, text }: Notice): boolean => {
  const [id, seconds] = [String(headers['webhook-id']), Number(headers['webhook-timestamp'])]
  return String(headers['webhook-signature'])
    .split(' ')
    .includes(new Webhook(secret).sign(id, new Date(seconds * 1000), text))
}

const register = (server: ServerProcess, key: string, orderId: string) =>
  fetch(`${server.url}/trpc/orders.register`, {
    method: 'POST',
    headers: { authorization: `Bearer ${key}`, 'content-type': 'application/json' },
    body: JSON.stringify({ orderId, name: '교체', amount: 5_000 }),
  })
/** What the holder of the link is shown. */
const shownBy = async (server: ServerProcess, link: string): Promise<object> => {
  const headers = { authorization: `Bearer ${link.split('/').at(-1)}` }
  const answer = await fetch(`${server.url}/trpc/payments.screen`, { headers })
  return z.looseObject({}).parse(await answer.json())
}
const returnUrlIn = (text: string): string => /"returnUrl":"([^"]+)"/.exec(text)?.[1] ?? ''

test('N-06, O-01: on SIGHUP a server that runs takes the keys and secrets of its file, or none of them', async () => {
  const folder = mkdtempSync(join(tmpdir(), 'landfall-rotation-'))
  try {
    await using gateway = await startSandbox(gatewayKeys)
    await using backend = await openBackend()
    const path = join(folder, '.env')
    const old = { MERCHANT_API_KEYS: oldKey, TOKEN_SECRET: oldToken, NOTIFY_SECRETS: oldNotice }
    writeFileSync(path, fileOf(old))
    const world = {
      folder,
      databaseUrl: `file:${folder}/landfall.db`,
      gatewayUrl: gateway.url,
      noticeUrl: backend.url,
    }
    const settings = { ENV_FILE: path, ENV_FILE_NAMES: Object.keys(old).join(',') }
    await using server = startServer(world, await freePort(), settings)
    expect(await server.ready(), server.complaint()).toBe(true)
    const reread = async (file: string, says: string): Promise<void> => {
      const before = server.log().length
      writeFileSync(path, file)
      server.signal('SIGHUP')
      await until(says, () => {
        if (!server.isRunning()) throw new Error('the signal has ended the server')
        return server.log().slice(before).includes(says)
      })
    }
    const paid = async (key: string, orderId: string): Promise<Notice> => {
      expect((await register(server, key, orderId)).status).toBe(200)
      const opened = gateway.open({
        merchantUid: orderId,
        amount: 5_000,
        noticeUrl: `${server.url}/webhooks/portone`,
      })
      if (!opened.ok) throw new Error(opened.errorMsg)
      const before = backend.notices.length
      await gateway.approve(opened.impUid)
      await until('it is told', () => backend.notices.length > before)
      const [notice] = backend.notices.slice(before)
      if (notice === undefined) throw new Error('nothing was told')
      return notice
    }

    const first = await paid(oldKey, 'ord-1')
    expect([isSignedWith(oldNotice, first), isSignedWith(newNotice, first)]).toEqual([true, false])
    const link = returnUrlIn(await (await register(server, oldKey, 'ord-2')).text())
    expect((await register(server, newKey, 'ord-3')).status).toBe(401)

    // One that would not start: everything stays, and the log says which variable is wrong.
    const half = { ...old, MERCHANT_API_KEYS: newKey, NOTIFY_SECRETS: newNotice, TOKEN_SECRET: 'short' }
    await reread(fileOf(half), 'SIGHUP: keys and secrets stay as they were')
    expect(server.log()).toContain('"reason":"TOKEN_SECRET needs at least 16 characters in each')
    expect((await register(server, newKey, 'ord-3')).status).toBe(401)
    expect((await register(server, oldKey, 'ord-3')).status).toBe(200)

    // A step of a rotation: the retired key is dead, the old links go on, new ones are signed with the new secret.
    const next = {
      MERCHANT_API_KEYS: `till:${newKey}:orders:write`,
      TOKEN_SECRET: `${newToken} ${oldToken}`,
      NOTIFY_SECRETS: newNotice,
    }
    await reread(fileOf(next), 'SIGHUP: keys and secrets are read again')
    expect((await register(server, oldKey, 'ord-4')).status).toBe(401)
    const second = await paid(newKey, 'ord-5')
    expect([isSignedWith(oldNotice, second), isSignedWith(newNotice, second)]).toEqual([false, true])
    const fresh = returnUrlIn(await (await register(server, newKey, 'ord-2')).text())
    expect(fresh).not.toBe(link)
    expect(await shownBy(server, link)).toMatchObject({ result: { data: { kind: 'checking' } } })
    expect(await shownBy(server, fresh)).toMatchObject({ result: { data: { kind: 'checking' } } })

    // Its end: what the old secret has signed shows nothing any more.
    await reread(fileOf({ ...next, TOKEN_SECRET: newToken }), 'SIGHUP: keys and secrets are read again')
    expect(await shownBy(server, link)).toMatchObject({ error: { data: { kind: 'bad_view_token' } } })
    expect(await shownBy(server, fresh)).toMatchObject({ result: { data: { kind: 'checking' } } })

    for (const secret of [oldKey, newKey, oldToken, newToken, oldNotice, newNotice])
      expect(server.log()).not.toContain(secret)
    expect(server.isRunning()).toBe(true)
  } finally {
    rmSync(folder, { recursive: true, force: true })
  }
})
