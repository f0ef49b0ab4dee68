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

/** The answers in the table of the guide, by call: their fields stand for those of the sandbox's. */
const shown = new Map(
  readFileSync(join(root, 'docs/testing.md'), 'utf8')
    .split('\n')
    .flatMap((line) => {
      const [, name = '', status = '', answer = '{}'] =
        /^\| (.*?) \| (\d{3}) \| .*?`(\{.*?\})`/.exec(line) ?? []
      return name === ''
        ? []
        : [[name, { status: Number(status), fields: Object.keys(JSON.parse(answer)) }] as const]
    }),
)

test('the sandbox answers as the guide shows', async () => {
  const answerOf = async (method: string, path: string, body: object = {}) => {
    const headers = { 'content-type': 'application/json' }
    const url = `${around.sandboxUrl}/control${path}`
    const response = await fetch(url, { method, headers, body: JSON.stringify(body) })
    return { status: response.status, said: z.record(z.string(), z.unknown()).parse(await response.json()) }
  }
  const { said } = await answerOf('POST', '/open', {
    merchantUid: 'guide-answers',
    amount: 14_000,
    payMethod: 'vbank',
  })
  const payment = `/payments/${String(said['impUid'])}`
  const calls = {
    'POST $CONTROL/open': await answerOf('POST', '/open', { merchantUid: 'guide-open', amount: 14_000 }),
    pay: await answerOf('POST', `${payment}/issue-account`),
    deposit: await answerOf('POST', `${payment}/deposit`),
    'a step that': await answerOf('POST', `${payment}/pay`),
    'an unknown payment': await answerOf('POST', '/payments/imp_0/pay'),
    DELETE: await answerOf('DELETE', '/misbehaviour'),
    advance: await answerOf('POST', '/advance', { ms: 1 }),
  }
  expect(shown.size).toBe(Object.keys(calls).length)
  for (const [name, { status, said: fields }] of Object.entries(calls)) {
    const [, guide] = [...shown].find(([title]) => title.includes(name)) ?? []
    expect([name, guide?.status]).toEqual([name, status])
    expect([name, Object.keys(fields)]).toEqual([name, expect.arrayContaining(guide?.fields ?? ['?'])])
  }
})

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
