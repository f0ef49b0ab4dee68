import { z } from 'zod'
import type { ServerName, SpokenItem } from './story.ts'
import { merchantKey, publicUrl } from './settings.ts'

/** What comes back to somebody who asked a server something. */
export type Said = { readonly status: number; readonly text: string; readonly location: string | null }

/** A question somebody puts to a server; `again` how often it is put again while nobody answers. */
export type Question = {
  readonly from: 'buyer' | 'gateway' | 'shop'
  readonly at: ServerName
  readonly what: string
  readonly request: () => Request
  readonly again: number
}

const Registered = z.object({ result: z.object({ data: z.object({ returnUrl: z.string() }) }) })
const Shown = z.object({
  result: z.object({
    data: z.object({
      kind: z.string(),
      scope: z.string(),
      tryAgain: z.boolean().optional(),
      message: z.string().nullish(),
    }),
  }),
})
export type Shown = z.infer<typeof Shown>['result']['data']

/** The order's own link, as its registration gave it. */
export function returnUrlIn(text: string): string | null {
  const read = Registered.safeParse(JSON.parse(text))
  return read.success ? read.data.result.data.returnUrl : null
}

export function screenIn(text: string): Shown | null {
  const read = Shown.safeParse(JSON.parse(text))
  return read.success ? read.data.result.data : null
}

export const refundAccount = { bank: '088', account: '110-123-456789', holder: '홍길동' }
export const authorization = `Bearer ${merchantKey}`
const json = { 'content-type': 'application/json' }

export const procedure =
  (name: string, input: unknown, headers: Record<string, string> = {}) =>
  (): Request =>
    new Request(`${publicUrl}/trpc/${name}`, {
      method: 'POST',
      headers: { ...json, ...headers },
      body: JSON.stringify(input),
    })

export const query =
  (name: string, input: unknown, headers: Record<string, string> = {}) =>
  (): Request =>
    new Request(`${publicUrl}/trpc/${name}?input=${encodeURIComponent(JSON.stringify(input))}`, { headers })

export const registration = (
  { at, orderId, amount, terms }: Extract<SpokenItem, { do: 'register' }>,
  expiresAt: number | null,
): Question => ({
  from: 'shop',
  at,
  what: `register ${orderId} ${amount}${terms === undefined ? '' : ` as ${terms.name}`}`,
  again: 4,
  request: procedure(
    'orders.register',
    {
      orderId,
      name: '제주 한라봉',
      amount,
      ...(expiresAt === null ? {} : { expiresAt }),
      ...(terms === undefined ? {} : { name: terms.name, reference: terms.reference }),
      ...(terms?.taxFree == null ? {} : { taxFree: terms.taxFree }),
    },
    { authorization },
  ),
})

export function webhook({
  at,
  impUid,
  orderId,
  status,
  form,
}: Extract<SpokenItem, { do: 'hook' }>): Question {
  const fields = { imp_uid: impUid, merchant_uid: orderId, status }
  return {
    from: 'gateway',
    at,
    what: `webhook ${impUid} ${status}`,
    again: 0,
    request: () =>
      new Request(`${publicUrl}/webhooks/portone`, {
        method: 'POST',
        headers: form ? { 'content-type': 'application/x-www-form-urlencoded' } : json,
        body: form ? new URLSearchParams(fields).toString() : JSON.stringify(fields),
      }),
  }
}

/** The browser comes back: through the order's own link, without it, by POST, or the page asks for it. */
export function comingBack(item: Extract<SpokenItem, { do: 'return' }>, link: string | null): Question {
  const { at, impUid, orderId, flag, how } = item
  const fields: Record<string, string> = {
    merchant_uid: orderId,
    ...(impUid === null ? {} : { imp_uid: impUid }),
    ...(flag === 'none' ? {} : { imp_success: flag }),
    ...(flag === 'false' ? { error_msg: OWN_TEXT } : {}),
  }
  const url = how === 'bare' || link === null ? `${publicUrl}/complete` : link
  const text = new URLSearchParams(fields).toString()
  const token = tokenOf(link)
  const what = `return ${orderId} ${impUid ?? '-'} ${flag} (${how})`
  const base = { from: 'buyer' as const, at, what, again: 1 }
  if (how === 'verify')
    return {
      ...base,
      request: procedure('payments.verify', { ...fields, ...(token === null ? {} : { token }) }),
    }
  if (how === 'post')
    return {
      ...base,
      request: () =>
        new Request(url, {
          method: 'POST',
          headers: { 'content-type': 'application/x-www-form-urlencoded' },
          body: text,
        }),
    }
  return { ...base, request: () => new Request(`${url}?${text}`) }
}

/** What an order may remember of a return through its own link: whichever try, what it says, in which words. */
export function spokenBy({
  impUid,
  flag,
}: Pick<Extract<SpokenItem, { do: 'return' }>, 'impUid' | 'flag'>): string {
  const says = flag === 'true' ? 'success' : flag === 'false' ? 'failure' : 'nothing'
  return `${impUid ?? '-'} ${says} ${flag === 'false' ? OWN_TEXT : '-'}`
}
const OWN_TEXT = '사용자가 결제를 취소하셨습니다'
/** No page but the stranger's own may ever say this. */
export const STRANGERS_TEXT = '낯선 사람의 말입니다'

/** What somebody says who has no business with this order; null when there is nothing he could say it through. */
export function intruding(
  item: Extract<SpokenItem, { do: 'stranger' }>,
  links: { readonly own: string | null; readonly others: string | null; readonly token: string | null },
): Question | null {
  const { at, orderId, impUid, how } = item
  const said = new URLSearchParams({
    merchant_uid: orderId,
    ...(how === 'by_order' ? {} : { imp_uid: impUid }),
    imp_success: 'false',
    error_msg: STRANGERS_TEXT,
  }).toString()
  const question = (url: string): Question => ({
    from: 'buyer',
    at,
    what: `stranger ${orderId} (${how})`,
    again: 0,
    request: () => new Request(url),
  })
  switch (how) {
    case 'by_order':
    case 'by_payment':
      return question(`${publicUrl}/complete?${said}`)
    case 'outcome_token':
      return links.token === null ? null : question(`${publicUrl}/complete/${links.token}?${said}`)
    case 'other_link':
      return links.others === null ? null : question(`${links.others}?${said}`)
    case 'scanner':
      return links.own === null ? null : question(links.own)
  }
}

const tokenOf = (link: string | null): string | null => link?.split('/').at(-1) ?? null

export function looking(
  { at, do: what, orderId }: Extract<SpokenItem, { do: 'screen' | 'check_again' | 'reconcile' | 'order' }>,
  link: string | null,
): Question | null {
  const token = tokenOf(link)
  const question = (from: Question['from'], request: () => Request): Question => ({
    from,
    at,
    what: `${what} ${orderId}`,
    again: 1,
    request,
  })
  switch (what) {
    case 'screen':
      return token === null
        ? null
        : question('buyer', query('payments.screen', {}, { authorization: `Bearer ${token}` }))
    case 'check_again':
      return token === null ? null : question('buyer', procedure('payments.verify', { token }))
    case 'reconcile':
      return question('shop', procedure('orders.reconcile', { orderId }, { authorization }))
    case 'order':
      return question('shop', query('orders.get', { orderId }, { authorization }))
  }
}

export const askingBack = (item: Extract<SpokenItem, { do: 'ask_back' }>): Question => ({
  from: 'shop',
  at: item.at,
  what: `give back ${item.amount ?? 'all'} of ${item.impUid ?? item.orderId} (${item.key})`,
  again: 2,
  request: procedure(
    'orders.cancel',
    {
      orderId: item.orderId,
      reason: '고객 변심',
      idempotencyKey: item.key,
      ...(item.amount === null ? {} : { amount: item.amount }),
      ...(item.impUid === undefined ? {} : { paymentId: item.impUid }),
      ...(item.account ? { refundAccount } : {}),
    },
    { authorization },
  ),
})

export const replaying = (at: ServerName, nowMs: number): Question => ({
  from: 'shop',
  at,
  what: 'replay',
  again: 0,
  request: procedure('notices.replay', { from: nowMs - 60_000, to: nowMs + 60_000 }, { authorization }),
})
