import type { Sandbox } from '@landfall/gateway-sandbox'
import { setTimeout as pause } from 'node:timers/promises'
import { buyer, callProcedure } from './server-process.ts'

/** What the shop knows it was promised: everything here had an answer. */
export type Promised = {
  /** Orders whose registration was acknowledged, with their amounts. */
  readonly orders: Map<string, number>
  /** Sums whose return was acknowledged, by cancel id. */
  readonly cancels: Map<string, { readonly orderId: string; readonly amount: number }>
}

export type Street = {
  readonly gateway: Sandbox
  /** Addresses of the servers; some of them may be dead right now. */
  readonly urls: readonly string[]
  readonly random: () => number
  readonly promised: Promised
  /** False once no new customer may come, and those under way only finish. */
  readonly isOpen: () => boolean
  /** Aborted when all go home at once, and nobody asks again. */
  readonly signal?: AbortSignal
}

const TRIES_MAX = 400
const kinds = [
  'card',
  'card',
  'forged',
  'surplus',
  'account',
  'cancel_whole',
  'cancel_partly',
  'console',
  'closed',
] as const
type Kind = (typeof kinds)[number]
const webhooks = ['normal', 'normal', 'times', 'never', 'form', 'late'] as const

const pick = <T>(street: Street, from: readonly [T, ...T[]]): T =>
  from[Math.floor(street.random() * from.length)] ?? from[0]

/** One customer after another, until the street closes. */
export async function shop(street: Street, name: string): Promise<number> {
  let bought = 0
  while (street.isOpen()) {
    await buy(street, `${name}-${bought}`, pick(street, kinds))
    bought += 1
    await pause(5 + street.random() * 60)
  }
  return bought
}

async function buy(street: Street, orderId: string, kind: Kind): Promise<void> {
  const amount = 1_000 + Math.floor(street.random() * 90) * 100
  const returnUrl = await register(street, orderId, amount)
  if (returnUrl === null) return
  const first = open(street, orderId, amount, returnUrl)
  const second = kind === 'surplus' ? open(street, orderId, amount, returnUrl) : null
  if (first === null) return
  await pause(street.random() * 40)
  if (kind === 'account') return payLater(street, first)
  if (kind === 'closed') return comeBack(street, (await street.gateway.close(first)).redirectUrl)
  const paid = kind === 'forged' ? amount - 100 - Math.floor(street.random() * 9) * 100 : amount
  const ending = await street.gateway.approve(first, { amount: paid })
  if (second !== null) await comeBack(street, (await street.gateway.approve(second)).redirectUrl)
  await comeBack(street, ending.redirectUrl)
  if (kind === 'console') await street.gateway.cancelInConsole(first, Math.floor(amount / 2))
  if (kind === 'cancel_whole') await requestRefund(street, orderId, undefined, 'whole')
  if (kind === 'cancel_partly') {
    const part = Math.floor(amount / 4)
    await Promise.all([
      requestRefund(street, orderId, part, 'one'),
      requestRefund(street, orderId, part, 'two'),
    ])
  }
}

/** Asks again until it is told: the same request is the same effect. */
async function insist(
  street: Street,
  procedure: string,
  input: unknown,
): Promise<Record<string, unknown> | null> {
  for (let tries = 0; tries < TRIES_MAX && street.signal?.aborted !== true; tries += 1) {
    const url = street.urls[Math.floor(street.random() * street.urls.length)] ?? ''
    const answer = await callProcedure(url, procedure, input)
    if (answer?.status === 200) return dataOf(answer.data)
    await pause(50)
  }
  return null
}

function dataOf(body: unknown): Record<string, unknown> {
  const result = fieldsOf(fieldsOf(body)['result'])
  return fieldsOf(result['data'])
}

const fieldsOf = (value: unknown): Record<string, unknown> =>
  value !== null && typeof value === 'object' ? { ...value } : {}

async function register(street: Street, orderId: string, amount: number): Promise<string | null> {
  const answer = await insist(street, 'orders.register', { orderId, name: '증명', amount })
  if (answer === null) return null
  street.promised.orders.set(orderId, amount)
  return String(answer['returnUrl'])
}

async function requestRefund(
  street: Street,
  orderId: string,
  amount: number | undefined,
  key: string,
): Promise<void> {
  const input = {
    orderId,
    ...(amount === undefined ? {} : { amount }),
    reason: '단순 변심',
    idempotencyKey: key,
  }
  const answer = await insist(street, 'orders.cancel', input)
  if (answer !== null)
    street.promised.cancels.set(String(answer['cancelId']), { orderId, amount: Number(answer['amount']) })
}

/** A window, whose webhook is doubled, late, or lost, and goes to one of the servers. */
function open(street: Street, merchantUid: string, amount: number, returnUrl: string): string | null {
  const { gateway, random, urls } = street
  const url = urls[Math.floor(random() * urls.length)] ?? ''
  const noticeUrl = `${url}/webhooks/portone`
  const opened = gateway.open({
    ...buyer,
    merchantUid,
    amount,
    name: '증명',
    mRedirectUrl: returnUrl,
    noticeUrl,
  })
  if (!opened.ok) return null
  gateway.misbehave(
    { webhook: pick(street, webhooks), webhookTimes: 3, webhookLateMs: Math.floor(random() * 2_000) },
    opened.impUid,
  )
  return opened.impUid
}

async function payLater(street: Street, impUid: string): Promise<void> {
  await comeBack(street, (await street.gateway.issueAccount(impUid)).redirectUrl)
  await pause(street.random() * 500)
  await street.gateway.deposit(impUid)
}

/** The browser goes where the window sends it, once, or never when the tab is lost; whether anybody answers is its own affair. */
async function comeBack(street: Street, redirectUrl: string | null): Promise<void> {
  if (redirectUrl === null || street.random() < 0.2) return
  await fetch(redirectUrl, { redirect: 'manual' }).then(
    (answer) => answer.status,
    () => 0,
  )
}
