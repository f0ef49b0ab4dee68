import { NoticeBody } from '@landfall/payment-core'
import { createHmac, createSecretKey } from 'node:crypto'
import type { HttpAnswer, HttpRequest } from '../../src/gateway/http.ts'
import { must } from './safety.ts'
import { noticeSecret } from './settings.ts'

const secret = createSecretKey(Buffer.from(noticeSecret.replace('whsec_', ''), 'base64'))

export type Heard = { readonly id: string; readonly body: NoticeBody; readonly accepted: boolean }

/** The shop's backend: checks each notice as a shop would, remembers it, and answers as it is told to. */
export class SimulatedShop {
  readonly heard: Heard[] = []
  /** Once notices are told again, or one was parked, a later one may come before an earlier one. */
  inOrder = true
  readonly #texts = new Map<string, string>()
  readonly #last = new Map<string, number>()

  answer(request: HttpRequest, status: number): HttpAnswer {
    const { headers, body: text = '' } = request
    const id = headers['webhook-id'] ?? ''
    const signed = `${id}.${headers['webhook-timestamp']}.${text}`
    const signature = `v1,${createHmac('sha256', secret).update(signed).digest('base64')}`
    must(headers['webhook-signature'] === signature, 'S-13', () => `${id} is not signed`)
    const body = NoticeBody.parse(JSON.parse(text))
    const known = this.#texts.get(id)
    must(known === undefined || known === text, 'S-02', () => `${id} says something else now`)
    const { orderId } = body.data.order
    const last = this.#last.get(orderId) ?? 0
    must(
      !this.inOrder || body.sequence <= last + 1,
      'S-13',
      () => `${orderId}: number ${body.sequence} after ${last}`,
    )
    this.#texts.set(id, text)
    const accepted = status < 300
    if (accepted) this.#last.set(orderId, Math.max(last, body.sequence))
    this.heard.push({ id, body, accepted })
    const wait = status === 429 ? { 'retry-after': '3' } : {}
    return { status, headers: wait, text: '' }
  }
}
