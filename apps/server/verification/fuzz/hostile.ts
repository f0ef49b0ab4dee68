import type { GatewayName } from '@landfall/payment-core'
import fc from 'fast-check'
import { z } from 'zod'
import type { Http, HttpRequest } from '../../src/gateway/http.ts'
import { answers, type Answer } from './answers.ts'
import { checkCanaries } from './doors.ts'
import { payments } from './parsers.ts'
import { tokenAnswer, truthfulGateway } from './truth.ts'
import { openWorld, ORIGIN, type FuzzWorld } from './world.ts'

/** One order whose gateway and whose shop answer with whatever comes next here, and at the end with nothing. */
export type Ordeal = { readonly said: readonly Answer[]; readonly heard: readonly Answer[] }

/** Orders at once in one run. */
export const ORDEALS_MAX = 24

/** A gateway that says whatever it likes, and by chance nothing but what is sound. */
export const ordealsOf = (
  hostile: fc.Arbitrary<Answer>,
  sound: fc.Arbitrary<readonly Answer[]>,
): fc.Arbitrary<readonly Ordeal[]> =>
  fc.array(
    fc.record({
      said: fc.oneof(
        { weight: 9, arbitrary: fc.array(hostile, { minLength: 1, maxLength: 4 }) },
        { weight: 1, arbitrary: sound },
      ),
      heard: fc.array(answers(payments), { maxLength: 3 }),
    }),
    { minLength: 1, maxLength: ORDEALS_MAX, size: 'max' },
  )

/** What the protocols of the orders differ in. */
export type HostileProtocol = {
  readonly gateway: GatewayName
  /** What each order asks. */
  readonly amount: number
  /** An answer about the order of a number, its ids in place of the published ones. */
  readonly inTheWordsOf: (text: string, number: string) => string
  /** Somebody says that the order is paid. */
  readonly claim: (number: string, nowMs: number) => Request
  /** Whether an answer says in so many words that the order is paid. */
  readonly isProof: (text: string, orderId: string) => boolean
}

export type HostileWorld = AsyncDisposable & {
  readonly suffer: (each: readonly Ordeal[]) => Promise<string[]>
  readonly rest: () => Promise<void>
}

type Served = { readonly ordeal: Ordeal; said: number; heard: number; readonly texts: string[] }

/** The production server between a gateway and a shop that mean it ill. */
export async function openHostileWorld(protocol: HostileProtocol): Promise<HostileWorld> {
  const served = new Map<string, Served>()
  let orders = 0
  const world = await openWorld({
    gateway: gatewayOf(protocol, served),
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
    await Promise.all(mine.map((number) => begin(protocol, world, number)))
    for (let second = 0; second < SECONDS; second += 1) await world.clock.advance(1_000)
    const ended: string[] = []
    for (const number of mine) {
      const texts = served.get(number)?.texts ?? []
      ended.push(await checkOrder(protocol, world, number, texts))
    }
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

/** The payment of order `ord-h7` is `imp_h7`, by V2 `tx-h7`: whatever a call is about, the number says whose turn it is. */
const numberIn = (text: string): string => /(?:imp_|tx-|ord-)h(\d+)/.exec(text)?.[1] ?? ''

const gatewayOf =
  ({ inTheWordsOf }: HostileProtocol, served: ReadonlyMap<string, Served>): Http =>
  async (request: HttpRequest) => {
    if (request.url.endsWith('/users/getToken'))
      return { ok: true, value: { status: 200, headers: {}, text: JSON.stringify(tokenAnswer) } }
    const number = numberIn(request.url + (request.body ?? ''))
    const state = served.get(number)
    const next = state?.ordeal.said[state.said++]
    // Once it has said its part it knows nothing: a gateway that is away is hardly asked any more, and the others' orders with it.
    if (state === undefined || next === undefined) return honest(request)
    const text = inTheWordsOf(next.answer.text, number)
    if (!next.fails && next.answer.status < 300) state.texts.push(text)
    return answered({ ...next, answer: { ...next.answer, text } })
  }

const honest = truthfulGateway()
const answered = (next: Answer | undefined): Awaited<ReturnType<Http>> =>
  next === undefined || next.fails
    ? { ok: false, problem: { kind: 'unreachable', cause: 'ECONNRESET' } }
    : { ok: true, value: next.answer }

/** The shop registers the order, and somebody says that it is paid. */
async function begin(
  { gateway, amount, claim }: HostileProtocol,
  { app, merchant, clock }: FuzzWorld,
  number: string,
): Promise<void> {
  await merchant('orders.register', { orderId: `ord-h${number}`, name: '드립백', amount, gateway })
  const answer = await app.fetch(claim(number, clock.nowMs()))
  if (answer.status !== 200) throw new Error(`a webhook is answered ${answer.status}`)
}

const View = z.object({ status: z.string(), balance: z.number(), returnUrl: z.string() })
/** S-01 from outside: an order that counts as paid was said to be, in so many words; and its screen can be shown. */
async function checkOrder(
  { isProof }: HostileProtocol,
  { app, merchant }: FuzzWorld,
  number: string,
  texts: readonly string[],
): Promise<string> {
  const orderId = `ord-h${number}`
  const { status, balance, returnUrl } = View.parse(await merchant('orders.get', { orderId }))
  const isProven = texts.some((text) => isProof(text, orderId))
  if (!isProven && (['paid', 'partially_cancelled', 'cancelled'].includes(status) || balance !== 0))
    throw new Error(`S-01: ${status} with ${balance} and no proof in ${JSON.stringify(texts).slice(0, 500)}`)
  const token = returnUrl.split('/').at(-1) ?? ''
  const headers = { authorization: `Bearer ${token}` }
  const screen = await app.fetch(new Request(`${ORIGIN}/trpc/payments.screen`, { headers }))
  const text = await screen.text()
  if (screen.status !== 200) throw new Error(`the screen answers ${screen.status}: ${text}`)
  checkCanaries(text)
  return status
}
