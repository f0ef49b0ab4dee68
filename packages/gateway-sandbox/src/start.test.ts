import { spawn } from 'node:child_process'
import { once } from 'node:events'
import { expect, test } from 'vitest'
import { startSandbox } from './start.ts'

const bin = (environment: Record<string, string>, ...words: readonly string[]) =>
  spawn(process.execPath, [new URL('bin.ts', import.meta.url).pathname, ...words], {
    env: { ...environment },
    stdio: ['ignore', 'pipe', 'pipe'],
  })
const textOf = async (stream: NodeJS.ReadableStream): Promise<string> => {
  let text = ''
  for await (const chunk of stream) text += chunk.toString()
  return text
}

test('a busy port gives an error that names it', async () => {
  await using first = await startSandbox({ port: 0 })
  const port = Number(new URL(first.url).port)
  await expect(startSandbox({ port })).rejects.toThrow(`cannot listen on port ${port} of 127.0.0.1`)
})

test('two sandboxes share nothing', async () => {
  await using first = await startSandbox()
  await using second = await startSandbox()
  first.open({ merchantUid: 'ord-1', amount: 1 })
  expect([first.payments().length, second.payments().length]).toEqual([1, 0])
})

test('a disposed sandbox stops answering, even with a request in progress', async () => {
  const gateway = await startSandbox()
  gateway.misbehave({ rest: 'slow', restMs: 60_000 })
  const hanging = fetch(`${gateway.url}/banks`).then(
    () => 'answered',
    () => 'broken off',
  )
  await expect.poll(() => gateway.calls().length, { timeout: 30_000 }).toBe(1)
  await gateway[Symbol.asyncDispose]()
  expect(await hanging).toBe('broken off')
  await expect(fetch(gateway.url)).rejects.toThrow('fetch failed')
})

test('the command prints its two addresses, and SIGTERM ends it with status 0', async () => {
  const child = bin({ SANDBOX_PORT: '0' })
  const line: unknown[] = await once(child.stdout, 'data')
  child.kill('SIGTERM')
  const exit: unknown[] = await once(child, 'exit')
  const address = String.raw`http://127\.0\.0\.1:\d+`
  expect(String(line[0])).toMatch(
    new RegExp(`^gateway sandbox: ${address}\ngateway sandbox V2: ${address}\n$`),
  )
  expect(exit[0]).toBe(0)
})

test('on a busy port the command prints one line and exits with status 1', async () => {
  await using gateway = await startSandbox()
  const port = new URL(gateway.url).port
  const child = bin({ SANDBOX_PORT: port })
  const exited: Promise<unknown[]> = once(child, 'exit')
  const text = await textOf(child.stderr)
  expect(text).toBe(
    `gateway sandbox: cannot listen on port ${port} of 127.0.0.1: the port is taken by another program\n`,
  )
  expect((await exited)[0]).toBe(1)
})

test('--help lists every variable with its meaning and default, and starts nothing', async () => {
  const said = await textOf(bin({ SANDBOX_PORT: 'nonsense' }, '--help').stdout)
  expect(said).toMatch(/^ {2}SANDBOX_PORT +port of V1 \(4010\)$/m)
  expect(said).toMatch(/^ {2}SANDBOX_WEBHOOK_URL +where it sends webhooks: .+$/m)
  for (const line of said.trim().split('\n')) expect(line.length).toBeLessThanOrEqual(120)
})

test('a variable that cannot be used is named with its reason', async () => {
  const said = await textOf(bin({ SANDBOX_PORT: '70000', SANDBOX_WEBHOOK_URL: 'nowhere' }).stderr)
  expect(said).toMatch(/^gateway sandbox: SANDBOX_PORT: .+65535; SANDBOX_WEBHOOK_URL: .+ --help\.\n$/)
})
