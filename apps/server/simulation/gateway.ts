import { httpDate } from './agenda.ts'
import { z } from 'zod'
import type { HttpAnswer, HttpRequest } from '../src/gateway/http.ts'
import type { Ledger, Row } from './ledger.ts'

/** What the gateway says about one payment although it is not so, for as many look-ups of it as are left. */
export type Lie = {
  readonly kind: 'other_amount' | 'other_record' | 'no_amount' | 'older' | 'cancels_gone'
  left: number
}

/** One call as the gateway saw it, for the checks and the marks. */
export type Call = {
  readonly atMs: number
  readonly method: string
  readonly path: string
  readonly status: number
  readonly code: number
}

const Cancel = z.object({
  imp_uid: z.string(),
  amount: z.number(),
  checksum: z.number(),
  reason: z.string(),
  refund_account: z.string().optional(),
})
export type CancelCall = z.infer<typeof Cancel>
const Prepare = z.object({ merchant_uid: z.string(), amount: z.number(), currency: z.string() })

const TOKEN_LIFE_SECONDS = 1_800
const PAGE_SIZE_MAX = 100

/**
 * The gateway of a simulated world: its ledger behind the REST calls the server makes, in one synchronous function, so that the real client
 * talks to it and chance alone decides when. Envelopes, codes and odd habits are the sandbox's (portone.md §4).
 */
export class SimulatedGateway {
  readonly ledger: Ledger
  readonly calls: Call[] = []
  readonly lies = new Map<string, Lie>()
  readonly #nowMs: () => number
  readonly #prepared = new Map<string, z.infer<typeof Prepare>>()
  readonly #onCancel: (call: CancelCall, executed: boolean) => void
  #tokens = 0
  #liveUntil = 0

  constructor(ledger: Ledger, nowMs: () => number, onCancel: (call: CancelCall, executed: boolean) => void) {
    this.ledger = ledger
    this.#nowMs = nowMs
    this.#onCancel = onCancel
  }

  get isTokenGone(): boolean {
    return this.#liveUntil <= this.#seconds()
  }

  revokeToken(): void {
    this.#liveUntil = 0
  }

  answer(request: HttpRequest): HttpAnswer {
    const url = new URL(request.url)
    const path = decodeURIComponent(url.pathname)
    const said = path === '/users/getToken' ? this.#token() : this.#guarded(request, path, url.searchParams)
    this.calls.push({
      atMs: this.#nowMs(),
      method: request.method,
      path,
      status: said.status,
      code: said.code,
    })
    const date = httpDate(this.#nowMs())
    return { status: said.status, headers: { date }, text: JSON.stringify(said.body) }
  }

  #token(): Said {
    const now = this.#seconds()
    if (this.#liveUntil <= now) {
      this.#tokens += 1
      this.#liveUntil = now + TOKEN_LIFE_SECONDS
    }
    return yes({ access_token: `token-${this.#tokens}`, now, expired_at: this.#liveUntil })
  }

  #guarded(request: HttpRequest, path: string, query: URLSearchParams): Said {
    const live = this.#liveUntil > this.#seconds()
    if (!live || request.headers['authorization'] !== `token-${this.#tokens}`)
      return said(401, -1, 'Unauthorized')
    const [, kind = '', second = '', third = ''] = path.split('/')
    if (kind === 'vbanks') return this.#closeAccount(second)
    if (request.method === 'POST')
      return second === 'prepare' ? this.#prepare(request) : this.#cancel(request)
    if (second === 'prepare') return this.#readPrepared(third)
    if (second === 'findAll') return this.#ofOrder(third)
    if (second === 'status') return this.#changed(third, query)
    return this.#payment(second)
  }

  #payment(impUid: string): Said {
    const entry = this.ledger.entries.get(impUid)
    if (entry === undefined || entry.knownFromMs > this.#nowMs()) return unknownPayment
    const row = this.#told(impUid)
    return row === null ? unknownPayment : yes(row)
  }

  #ofOrder(orderId: string): Said {
    const rows = this.ledger.rows().filter((row) => row.merchant_uid === orderId)
    if (rows.length === 0) return unknownPayment
    const list = rows.toReversed().map((row) => this.#told(row.imp_uid))
    return yes({ total: list.length, previous: 0, next: 0, list })
  }

  #changed(status: string, query: URLSearchParams): Said {
    const [from, to] = [Number(query.get('from')), Number(query.get('to'))]
    const list = this.ledger.rows().filter((row) => {
      const at = status === 'paid' ? row.paid_at : row.cancelled_at
      return row.status === status && at >= from && at <= to
    })
    return yes({ total: list.length, previous: 0, next: 0, list: list.slice(0, PAGE_SIZE_MAX) })
  }

  #prepare(request: HttpRequest): Said {
    const asked = Prepare.parse(JSON.parse(request.body ?? ''))
    const held = this.#prepared.get(asked.merchant_uid)
    if (held !== undefined && held.amount !== asked.amount)
      return said(200, 1, '이미 등록된 merchant_uid입니다.')
    this.#prepared.set(asked.merchant_uid, asked)
    return yes(asked)
  }

  #readPrepared(orderId: string): Said {
    const held = this.#prepared.get(orderId)
    return held === undefined ? said(200, 1, '사전등록된 결제정보가 없습니다.') : yes(held)
  }

  #cancel(request: HttpRequest): Said {
    const asked = Cancel.parse(JSON.parse(request.body ?? ''))
    const objection = this.#objection(asked)
    const executed = objection === null && this.ledger.cancel(asked.imp_uid, asked.amount, asked.reason)
    this.#onCancel(asked, executed)
    return executed ? yes(this.ledger.row(asked.imp_uid)) : said(200, 1, objection ?? '취소할 수 없습니다.')
  }

  #objection(asked: CancelCall): string | null {
    const row = this.ledger.row(asked.imp_uid)
    if (row === null || row.paid_at === 0) return '취소할 결제건이 존재하지 않습니다.'
    const left = row.amount - row.cancel_amount
    if (left <= 0) return '이미 전액취소된 주문입니다.'
    if (asked.amount > left) return '결제취소에 실패하였습니다.'
    if (asked.checksum !== left) return '취소 가능 잔액이 일치하지 않습니다. (checksum)'
    if (row.pay_method === 'vbank' && asked.refund_account === undefined)
      return '환불계좌 정보가 누락되었습니다.'
    return null
  }

  #closeAccount(impUid: string): Said {
    if (this.ledger.row(impUid) === null) return unknownPayment
    return this.ledger.closeAccount(impUid)
      ? yes(this.ledger.row(impUid))
      : said(400, -1, '입금대기 중인 가상계좌가 아닙니다.')
  }

  /** The row as it is told: as it is, unless a lie about it is left. */
  #told(impUid: string): unknown {
    const row = this.ledger.row(impUid)
    const lie = this.lies.get(impUid)
    if (row === null || lie === undefined || lie.left === 0) return row
    lie.left -= 1
    return this.#lied(row, lie.kind)
  }

  #lied(row: Row, kind: Lie['kind']): unknown {
    switch (kind) {
      case 'other_amount':
        return { ...row, amount: row.amount + 1_000 }
      case 'other_record':
        return { ...row, imp_uid: 'imp_000000000000', merchant_uid: 'another-shop' }
      case 'no_amount':
        return { ...row, amount: null }
      case 'older':
        return this.ledger.entries.get(row.imp_uid)?.versions.at(-2)?.row ?? row
      case 'cancels_gone':
        return { ...row, cancel_history: row.cancel_history.slice(1) }
    }
  }

  #seconds(): number {
    return Math.floor(this.#nowMs() / 1000)
  }
}

type Said = { readonly status: number; readonly code: number; readonly body: unknown }

const said = (status: number, code: number, message: string): Said => ({
  status,
  code,
  body: { code, message, response: null },
})
const yes = (response: unknown): Said => ({
  status: 200,
  code: 0,
  body: { code: 0, message: null, response },
})
const unknownPayment = said(404, 1, '존재하지 않는 결제정보입니다.')
