import fc from 'fast-check'
import { z } from 'zod'
import type { Http, HttpRequest } from '../../src/gateway/http.ts'
import { answers, pages, rowsIn, type Answer } from './answers.ts'
import { checkCanaries } from './doors.ts'
import { edited, oneEdit, samples } from './grammar.ts'
import { payments } from './parsers.ts'
import { START_MS, tokenAnswer, truthfulGateway } from './truth.ts'
import { openWorld, ORIGIN, type FuzzWorld } from './world.ts'

/** One order whose gateway and whose shop answer with whatever comes next here, and at the end with nothing. */
export type Ordeal = { readonly said: readonly Answer[]; readonly heard: readonly Answer[] }

const held = samples.annotations.flatMap(({ response }) => {
  const row = z
    .looseObject({
      status: z.enum(['paid', 'cancelled', 'ready']),
      amount: z.literal(14_000),
      cancel_amount: z.number(),
    })
    .safeParse(response)
  // Begun after its order was registered: money of earlier is a person's, whatever else is right about it (M-20).
  return row.success ? [{ ...row.data, started_at: START_MS / 1000 }] : []
})

/** What makes it money for nobody, or for somebody else (M-01, M-02, G-07, G-12). */
const lies: ReadonlyArray<Readonly<Record<string, unknown>>> = [
  {},
  {},
  {},
  { amount: 13_999 },
  { amount: 14_001 },
  { amount: 1 },
  { currency: 'USD' },
  { currency: 'JPY' },
  { sandbox: true },
  { merchant_uid: 'ord-9' },
  { imp_uid: 'imp_999999999999' },
]

/** Orders at once in one run. */
export const ORDEALS_MAX = 24

const soundAnswer = (response: unknown): Answer => ({
  fails: false,
  answer: { status: 200, headers: {}, text: JSON.stringify({ code: 0, message: null, response }) },
})

/** A sound answer about a payment that may hold money, one field of it changed at most: what comes nearest to being believed. */
const plausible: fc.Arbitrary<Answer> = fc
  .tuple(fc.constantFrom(...held), fc.constantFrom(...lies), fc.array(oneEdit, { maxLength: 1 }))
  .map(([row, lie, changes]) => soundAnswer(edited({ ...row, ...lie }, changes)))

/** A payment that is the order's, told without a lie: it must be believed. */
const sound: fc.Arbitrary<Answer> = fc
  .constantFrom(
    ...held.filter(({ status, cancel_amount: cancelled }) => status === 'paid' && cancelled === 0),
  )
  .map((row) => soundAnswer(row))

const hostileAnswers = fc.array(
  fc.oneof(
    { weight: 3, arbitrary: plausible },
    { weight: 3, arbitrary: answers(payments) },
    { weight: 1, arbitrary: answers(pages) },
  ),
  { minLength: 1, maxLength: 4 },
)

export const ordeals: fc.Arbitrary<readonly Ordeal[]> = fc.array(
  fc.record({
    said: fc.oneof(
      { weight: 9, arbitrary: hostileAnswers },
      { weight: 1, arbitrary: sound.map((answer) => [answer]) },
    ),
    heard: fc.array(answers(payments), { maxLength: 3 }),
  }),
  { minLength: 1, maxLength: ORDEALS_MAX, size: 'max' },
)

export type HostileWorld = AsyncDisposable & {
  readonly suffer: (each: readonly Ordeal[]) => Promise<string[]>
  readonly rest: () => Promise<void>
}

type Served = { readonly ordeal: Ordeal; said: number; heard: number; readonly texts: string[] }
const amount = 14_000

/** The production server between a gateway and a shop that mean it ill. */
export async function openHostileWorld(): Promise<HostileWorld> {
  const served = new Map<string, Served>()
  let orders = 0
  const world = await openWorld({
    gateway: gatewayOf(served),
    shop: async ({ body }) => {
      const state = served.get(numberIn(body ?? ''))
      return answered(state?.ordeal.heard[state.heard++])
    },
  })
  const suffer = async (each: readonly Ordeal[]): Promise<string[]> => {
    served.clear()
    const mine = each.map((ordeal) => {
      orders += 1
      served.set(String(orders), { ordeal, said: 0, heard: 0, texts: [] })
      return String(orders)
    })
    await Promise.all(mine.map((number) => begin(world, number)))
    for (let second = 0; second < SECONDS; second += 1) await world.clock.advance(1_000)
    const ended: string[] = []
    for (const number of mine) ended.push(await checkOrder(world, number, served.get(number)?.texts ?? []))
    for (const line of world.newLines()) {
      if (line.err !== undefined) throw new Error(`an exception: ${line.text}`)
      if (line.text.length > LINE_MAX) throw new Error(`a line of ${line.text.length} characters`)
      checkCanaries(line.text)
    }
    return ended
  }
  return {
    suffer,
    rest: async (): Promise<void> => void (await world.clock.advance(60_000)),
    [Symbol.asyncDispose]: () => world[Symbol.asyncDispose](),
  }
}
/** The world's time given to one run: several looks, and the first repeats of a notice. */
const SECONDS = 5
const LINE_MAX = 4_000

/** The payment of order `ord-h7` is `imp_h7`: whatever a call is about, the number says whose turn it is. */
const numberIn = (text: string): string => /(?:imp_|ord-)h(\d+)/.exec(text)?.[1] ?? ''

const gatewayOf =
  (served: ReadonlyMap<string, Served>): Http =>
  async (request: HttpRequest) => {
    if (request.url.endsWith('/users/getToken'))
      return { ok: true, value: { status: 200, headers: {}, text: JSON.stringify(tokenAnswer) } }
    const number = numberIn(request.url + (request.body ?? ''))
    const state = served.get(number)
    const next = state?.ordeal.said[state.said++]
    // Once it has said its part it knows nothing: a gateway that is away is hardly asked any more, and the others' orders with it.
    if (state === undefined || next === undefined) return honest(request)
    const text = next.answer.text
      .replaceAll('imp_448280090638', `imp_h${number}`)
      .replaceAll('ord-1001', `ord-h${number}`)
    if (!next.fails && next.answer.status < 300) state.texts.push(text)
    return answered({ ...next, answer: { ...next.answer, text } })
  }

const honest = truthfulGateway()
const answered = (next: Answer | undefined): Awaited<ReturnType<Http>> =>
  next === undefined || next.fails
    ? { ok: false, problem: { kind: 'unreachable', cause: 'ECONNRESET' } }
    : { ok: true, value: next.answer }

/** The shop registers the order, and somebody says that it is paid. */
async function begin({ app, merchant }: FuzzWorld, number: string): Promise<void> {
  await merchant('orders.register', { orderId: `ord-h${number}`, name: '드립백', amount })
  const answer = await app.fetch(
    new Request(`${ORIGIN}/webhooks/portone`, {
      method: 'POST',
      headers: { 'content-type': 'application/json' },
      body: JSON.stringify({ imp_uid: `imp_h${number}`, merchant_uid: `ord-h${number}`, status: 'paid' }),
    }),
  )
  if (answer.status !== 200) throw new Error(`a webhook is answered ${answer.status}`)
}

const View = z.object({ status: z.string(), balance: z.number(), returnUrl: z.string() })
const Money = z.object({
  imp_uid: z.string(),
  merchant_uid: z.string(),
  status: z.enum(['paid', 'cancelled']),
  amount: z.literal(amount),
  currency: z.literal('KRW'),
  // A row without it is of a live channel.
  sandbox: z.unknown().optional(),
})

/** S-01 from outside: an order that counts as paid was said to be, in so many words; and its screen can be shown. */
async function checkOrder(
  { app, merchant }: FuzzWorld,
  number: string,
  texts: readonly string[],
): Promise<string> {
  const { status, balance, returnUrl } = View.parse(
    await merchant('orders.get', { orderId: `ord-h${number}` }),
  )
  const rows = texts.flatMap(rowsIn)
  const proven = rows.some((row) => {
    const money = Money.safeParse(row)
    return (
      money.success &&
      money.data.sandbox !== true &&
      money.data.imp_uid.length > 0 &&
      money.data.merchant_uid === `ord-h${number}`
    )
  })
  if (!proven && (['paid', 'partially_cancelled', 'cancelled'].includes(status) || balance !== 0))
    throw new Error(`S-01: ${status} with ${balance} and no proof in ${JSON.stringify(rows).slice(0, 500)}`)
  const token = returnUrl.split('/').at(-1) ?? ''
  const headers = { authorization: `Bearer ${token}` }
  const screen = await app.fetch(new Request(`${ORIGIN}/trpc/payments.screen`, { headers }))
  const text = await screen.text()
  if (screen.status !== 200) throw new Error(`the screen answers ${screen.status}: ${text}`)
  checkCanaries(text)
  return status
}
