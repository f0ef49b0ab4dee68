import { readFileSync } from 'node:fs'
import { join } from 'node:path'
import { setTimeout as pause } from 'node:timers/promises'
import { afterAll, beforeAll, expect, test } from 'vitest'
import { z } from 'zod'
import { pack, root } from './packing.ts'
import { surround, type Surroundings } from './processes-around.ts'

type Row = {
  readonly situation: string
  readonly steps: readonly string[]
  readonly status: string
  readonly notices: readonly string[]
}

/** The rows of the table in docs/testing.md. */
const rows: readonly Row[] = readFileSync(join(root, 'docs/testing.md'), 'utf8')
  .split('\n')
  .filter((line) => /^\| [^|]+ \| `/.test(line))
  .map((line) => {
    const [situation = '', steps = '', status = '', notices = ''] = line
      .split('|')
      .slice(1)
      .map((cell) => cell.trim())
    return {
      situation,
      steps: [...steps.matchAll(/`([^`]+)`/g)].map(([, step = '']) => step),
      status,
      notices: notices === '' ? [] : notices.split(', '),
    }
  })

let around: Surroundings
beforeAll(async () => {
  await pack()
  around = await surround(null)
})
afterAll(() => around?.[Symbol.asyncDispose]())

async function call(method: string, url: string, body?: object): Promise<unknown> {
  const headers = { authorization: `Bearer ${around.merchantKey}`, 'content-type': 'application/json' }
  const sent = body === undefined ? {} : { body: JSON.stringify(body) }
  return (await fetch(url, { method, headers, ...sent })).json()
}
const control = (method: string, path: string, body: object = {}): Promise<unknown> =>
  call(method, `${around.sandboxUrl}/control${path}`, body)

const Ended = z.object({
  redirectUrl: z.string().nullable(),
  form: z.record(z.string(), z.string()).nullable(),
  times: z.number(),
})
const OrderState = z.object({ status: z.string(), notices: z.array(z.object({ type: z.string() })) })
const WAIT_MS = 40_000

/** The browser returns as the window tells it to: by an address or a form, once or twice. */
async function comeBack({ redirectUrl, form, times }: z.infer<typeof Ended>): Promise<void> {
  const asForm = form === null ? {} : { method: 'POST', body: new URLSearchParams(form) }
  for (let time = 0; redirectUrl !== null && time < times; time++)
    await fetch(redirectUrl, { redirect: 'manual', ...asForm })
}

/** Takes the steps of a row for one order, as the customer whom the window sends back. */
async function take(steps: readonly string[], orderId: string, returnUrl: string): Promise<void> {
  const open = async (): Promise<string> => {
    const asked = { merchantUid: orderId, amount: 14_000, mRedirectUrl: returnUrl }
    return z.object({ impUid: z.string() }).parse(await control('POST', '/open', asked)).impUid
  }
  const payments = [await open()]
  for (const step of steps) {
    const [, name = '', first, body = '{}'] = /^([a-z-]+)( first)?(?: (\{.*\}))?$/.exec(step) ?? []
    if (name === 'open') payments.unshift(await open())
    else if (name === 'misbehaviour') await control('PUT', '/misbehaviour', JSON.parse(body))
    else {
      const payment = first === undefined ? payments[0] : payments.at(-1)
      const ended = Ended.safeParse(await control('POST', `/payments/${payment}/${name}`, JSON.parse(body)))
      if (ended.success) await comeBack(ended.data)
      // The next step is another person's: first Landfall sees this one.
      if (steps.indexOf(step) < steps.length - 1) await pause(1_500)
    }
  }
}

test('the guide has its situations', () => expect(rows.length).toBeGreaterThanOrEqual(20))

test.each(rows)('$situation', async ({ situation, steps, status, notices }) => {
  const orderId = `guide-${rows.findIndex((row) => row.situation === situation)}`
  const order = { orderId, name: 'Drip coffee', amount: 14_000 }
  const registered = await call('POST', `${around.serverUrl}/v1/orders`, order)
  await take(steps, orderId, z.object({ returnUrl: z.string() }).parse(registered).returnUrl)
  const endsAtMs = Date.now() + WAIT_MS
  for (;;) {
    const state = OrderState.parse(await call('GET', `${around.serverUrl}/v1/orders/${orderId}`))
    const told = { status: state.status, notices: state.notices.map(({ type }) => type) }
    if (JSON.stringify(told) === JSON.stringify({ status, notices }) || Date.now() > endsAtMs) {
      await control('DELETE', '/misbehaviour')
      return expect(told).toEqual({ status, notices })
    }
    await pause(100)
  }
})
