import { readdirSync, readFileSync } from 'node:fs'
import { join } from 'node:path'
import { afterAll, beforeAll, expect, test } from 'vitest'
import { createProject, install, oldestNodeFolder, pack, root, run } from './packing.ts'

const project = createProject()
let node = ''

beforeAll(async () => {
  const { client, sandbox } = await pack()
  node = await oldestNodeFolder()
  const dependencies = {
    '@landfall/client': `file:${client}`,
    '@landfall/sandbox': `file:${sandbox}`,
    '@types/node': '20',
  }
  project.write('package.json', JSON.stringify({ name: 'shop', private: true, type: 'module', dependencies }))
  await install(project, client, node)
})
afterAll(() => project[Symbol.dispose]())

const inProject = (name: string, text: string): Promise<string> => {
  project.write(name, text)
  return run(join(node, 'node'), [name], project.folder)
}

test('the project runs on Node 20', async () => {
  expect(await inProject('version.mjs', 'console.log(process.version)')).toMatch(/^v20\./)
})

test('a shop starts the sandbox, pays in it and hears of it by webhook', async () => {
  const said = await inProject(
    'pay.mjs',
    `import { createServer } from 'node:http'
    import { startSandbox } from '@landfall/sandbox'
    const bodies = []
    const shop = createServer(async (request, response) => {
      bodies.push(Buffer.concat(await request.toArray()).toString())
      response.end()
    }).listen(0, '127.0.0.1')
    await new Promise((resolve) => shop.once('listening', resolve))
    const gateway = await startSandbox({ webhookUrl: 'http://127.0.0.1:' + shop.address().port })
    const { impUid } = gateway.open({ merchantUid: 'ord-1', amount: 14000, mRedirectUrl: 'https://shop.example/r' })
    const { redirectUrl } = await gateway.pay(impUid, { cardNumber: '4242424242424242' })
    await gateway.settled()
    console.log(gateway.payments()[0].status, new URL(redirectUrl).searchParams.get('imp_success'), bodies.join())
    await gateway[Symbol.asyncDispose]()
    shop.close()`,
  )
  expect(said).toMatch(/^paid true .*"status":"paid"/)
})

test('the command starts the sandbox, and the control API answers', async () => {
  const said = await inProject(
    'bin.mjs',
    `import { spawn } from 'node:child_process'
    const env = { ...process.env, SANDBOX_PORT: '0' }
    const child = spawn(process.execPath, ['node_modules/.bin/landfall-sandbox'], { env })
    const line = await new Promise((resolve) => child.stdout.once('data', (data) => resolve(String(data))))
    const answer = await fetch(line.split(' ').at(-1).trim() + '/control/payments')
    console.log(answer.status, await answer.text())
    child.kill()`,
  )
  expect(said.trim()).toBe('200 []')
})

test('a shop calls, and is told what is wrong by kind', async () => {
  const said = await inProject(
    'call.mjs',
    `import { createLandfall, LandfallError, receive } from '@landfall/client'
    const landfall = createLandfall({ url: 'http://127.0.0.1:9', key: 'k', deadlineMs: 500 })
    const error = await landfall.get('ord-1').catch((thrown) => thrown)
    console.log(error instanceof LandfallError, error.kind, typeof error.action)
    const request = new Request('http://127.0.0.1/', { method: 'POST', body: '{}' })
    console.log((await receive(request, 'whsec_c2VjcmV0')).reason)
    for (const name of ['express', 'hono', 'next'])
      console.log(typeof (await import('@landfall/client/' + name)).notices('whsec_c2VjcmV0', () => null))`,
  )
  expect(said.trim().split('\n')).toEqual([
    'true unreachable string',
    'unsigned',
    'function',
    'function',
    'function',
  ])
})

test('the types hold in a strict project, libraries included', async () => {
  project.write(
    'shop.ts',
    `import { createLandfall, LandfallError, type OrderView } from '@landfall/client'
    import { notices as express } from '@landfall/client/express'
    import { notices as hono } from '@landfall/client/hono'
    import { notices as next } from '@landfall/client/next'
    import { startSandbox } from '@landfall/sandbox'
    const landfall = createLandfall({ url: 'https://pay.shop.example', key: 'k' })
    export const order: Promise<OrderView> = landfall.get('ord-1')
    export const POST: (request: Request) => Promise<Response> = next(process.env['NOTIFY_SECRETS'], (notice) => {
      const status: 'open' | 'awaiting_deposit' | 'paid' | 'partially_cancelled' | 'cancelled' | 'expired' = notice.data.order.status
      return status
    })
    export const others = [express([], () => null), hono([], () => null)]
    // @ts-expect-error An order has a name.
    export const lacking = () => landfall.register({ orderId: 'ord-1', amount: 14000 })
    // @ts-expect-error No such field.
    export const misspelt = () => landfall.refund('ord-1', { reason: 'r', idempotencyKey: 'k', ammount: 1 })
    export const kind = (error: LandfallError): boolean => error.kind === 'unknown_order'
    export const gateway = startSandbox({ port: 0 })`,
  )
  const strict = [
    '--strict',
    '--noEmit',
    '--module',
    'nodenext',
    '--target',
    'es2022',
    '--lib',
    'es2023,esnext.disposable',
  ]
  const tsc = join(root, 'packages/repo-tools/node_modules/typescript/bin/tsc')
  const whole = ['--types', 'node', '--exactOptionalPropertyTypes', '--skipLibCheck', 'false']
  expect(await run(process.execPath, [tsc, ...strict, ...whole, 'shop.ts'], project.folder)).toBe('')
})

test('the client brings its one dependency, and no schema library', () => {
  const folder = join(project.folder, 'node_modules/@landfall/client')
  const { dependencies } = JSON.parse(readFileSync(join(folder, 'package.json'), 'utf8'))
  expect(Object.keys(dependencies)).toEqual(['standardwebhooks'])
  const files = readdirSync(join(folder, 'built'), { recursive: true, encoding: 'utf8' }).filter((name) =>
    name.includes('.'),
  )
  expect(files.length).toBeGreaterThanOrEqual(10)
  for (const name of files)
    expect(readFileSync(join(folder, 'built', name), 'utf8')).not.toMatch(/zod|payment-core'/)
})
