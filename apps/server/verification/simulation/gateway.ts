import { httpDate } from './agenda.ts'
import type { HttpAnswer, HttpRequest } from '../../src/gateway/http.ts'
import {
  Cancel,
  lied,
  objectionTo,
  said,
  unauthorized,
  unknownPayment,
  yes,
  type Call,
  type CancelCall,
  type GatewayWorld,
  type Lag,
  type Lie,
  type Said,
} from './gateway-words.ts'
import type { Ledger, Row } from './ledger.ts'
import { PreparedAmounts } from './prepared-amounts.ts'

const TOKEN_LIFE_SECONDS = 1_800
const PAGE_SIZE_MAX = 100

/**
 * The gateway of a simulated world: its ledger behind the REST calls the server makes, in one synchronous function, so that the real client
 * talks to it and chance alone decides when. Envelopes, codes and odd habits are the sandbox's (docs/gateway/portone-v1.md §4).
 */
export class SimulatedGateway {
  readonly ledger: Ledger
  readonly prepared: PreparedAmounts
  readonly calls: Call[] = []
  readonly lies = new Map<string, Lie>()
  readonly lags = new Map<string, Lag>()
  /** Payments whose cancels are refused for a while, with which words. */
  readonly refusing = new Map<string, { readonly text: string; readonly untilMs: number }>()
  readonly #world: GatewayWorld
  readonly #nowMs: () => number
  /** Cancels that are under way for long: a copy that the road has made of one is no other. */
  readonly #underWay = new WeakSet<HttpRequest>()
  readonly #answered = new WeakMap<HttpRequest, HttpAnswer | Promise<HttpAnswer>>()
  #tokens = 0
  #liveUntil = 0

  constructor(ledger: Ledger, world: GatewayWorld) {
    this.ledger = ledger
    this.prepared = new PreparedAmounts(world.fixesNothing)
    this.#world = world
    this.#nowMs = world.nowMs
  }

  get isTokenGone(): boolean {
    return this.#liveUntil <= this.#seconds()
  }

  revokeToken(): void {
    this.#liveUntil = 0
  }

  answer(request: HttpRequest): HttpAnswer | Promise<HttpAnswer> {
    const url = new URL(request.url)
    const path = decodeURIComponent(url.pathname)
    if (path !== '/payments/cancel') return this.#sent(request, path, this.#plainly(request, path, url))
    const known = this.#answered.get(request)
    if (known !== undefined) return known
    const said = this.#isLive(request) ? this.#cancel(request) : unauthorized
    const answer =
      said instanceof Promise
        ? said.then((later) => this.#sent(request, path, later))
        : this.#sent(request, path, said)
    if (this.#underWay.has(request)) this.#answered.set(request, answer)
    return answer
  }

  #plainly(request: HttpRequest, path: string, url: URL): Said {
    return path === '/users/getToken' ? this.#token() : this.#guarded(request, path, url.searchParams)
  }

  #sent(request: HttpRequest, path: string, said: Said): HttpAnswer {
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
    if (!this.#isLive(request)) return unauthorized
    const [, kind = '', second = '', third = ''] = path.split('/')
    if (kind === 'vbanks') return this.#closeAccount(second)
    if (request.method === 'PUT') return this.prepared.replace(request)
    if (request.method === 'POST') return this.prepared.prepare(request)
    if (second === 'prepare') return this.prepared.read(third)
    if (second === 'findAll') return this.#ofOrder(third)
    if (second === 'status') return this.#changed(third, query)
    return this.#payment(second)
  }

  #isLive(request: HttpRequest): boolean {
    const live = this.#liveUntil > this.#seconds()
    return live && request.headers['authorization'] === `token-${this.#tokens}`
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
    const list = rows.toReversed().flatMap((row) => this.#told(row.imp_uid) ?? [])
    if (list.length === 0) return unknownPayment
    return yes({ total: list.length, previous: 0, next: 0, list })
  }

  #changed(status: string, query: URLSearchParams): Said {
    const [from, to] = [Number(query.get('from')), Number(query.get('to'))]
    const told = [...this.ledger.entries.keys()].flatMap((impUid) => this.#seen(impUid) ?? [])
    const list = told.filter((row) => {
      const at = status === 'paid' ? row.paid_at : row.cancelled_at
      return row.status === status && at >= from && at <= to
    })
    const rows = list.slice(0, PAGE_SIZE_MAX).map((row) => this.#asTold(row))
    return yes({ total: list.length, previous: 0, next: 0, list: rows })
  }

  #cancel(request: HttpRequest): Said | Promise<Said> {
    const asked = Cancel.parse(JSON.parse(request.body ?? ''))
    const { onCancel, after, fateOf } = this.#world
    onCancel(asked, 'arrived', 0)
    const objection = objectionTo(asked, this.ledger.row(asked.imp_uid)) ?? this.#refusal(asked)
    if (objection !== null) return this.#no(asked, objection)
    const fate = fateOf(asked)
    if (fate.kind === 'pending' || fate.kind === 'denied' || fate.kind === 'slow') this.#underWay.add(request)
    switch (fate.kind) {
      case 'refused':
        this.refusing.set(asked.imp_uid, { text: fate.text, untilMs: this.#nowMs() + fate.forMs })
        return this.#no(asked, fate.text)
      case 'denied':
        onCancel(asked, 'denied', 0)
        return yes(this.#seen(asked.imp_uid))
      case 'pending':
        after(fate.afterMs, () => void this.#execute(asked, 'at_once'))
        return yes(this.#seen(asked.imp_uid))
      case 'slow':
        return new Promise((resolve) => {
          after(fate.afterMs, () => resolve(this.#execute(asked, 'at_once')))
        })
      case 'at_once':
      case 'twice':
      case 'more':
        return this.#execute(asked, fate.kind)
    }
  }

  /** Books it, with the balance as it is by now; what was compared when it came in is not compared again. */
  #execute(asked: CancelCall, how: 'at_once' | 'twice' | 'more'): Said {
    const { imp_uid: impUid, amount, reason } = asked
    const before = this.ledger.row(impUid)?.cancel_amount ?? 0
    const executed = this.ledger.cancel(impUid, how === 'more' ? null : amount, reason)
    if (!executed) return this.#no(asked, '취소할 수 없습니다.')
    if (how === 'twice') this.ledger.cancel(impUid, amount, reason)
    const row = this.ledger.row(impUid)
    this.#world.onCancel(asked, 'executed', (row?.cancel_amount ?? 0) - before)
    return yes(row)
  }

  #no(asked: CancelCall, text: string): Said {
    this.#world.onCancel(asked, 'refused', 0)
    return said(200, 1, text)
  }

  #refusal({ imp_uid: impUid }: CancelCall): string | null {
    const refusing = this.refusing.get(impUid)
    return refusing !== undefined && refusing.untilMs > this.#nowMs() ? refusing.text : null
  }

  #closeAccount(impUid: string): Said {
    if (this.ledger.row(impUid) === null) return unknownPayment
    if (this.ledger.closeAccount(impUid)) return yes(this.ledger.row(impUid))
    const cannot = this.ledger.entries.get(impUid)?.cannotClose === true
    return said(400, -1, cannot ? 'pg_api_key가 필요합니다.' : '입금대기 중인 가상계좌가 아닙니다.')
  }

  /** The row as it is told: as it is, unless a lie about it is left. */
  #told(impUid: string): unknown {
    const row = this.#seen(impUid)
    const lie = this.lies.get(impUid)
    if (row === null || lie === undefined || lie.left === 0) return row === null ? null : this.#asTold(row)
    lie.left -= 1
    return lied(this.#asTold(row), lie.kind, this.ledger.entries.get(impUid)?.versions.at(-2)?.row)
  }

  /** The row as the machine that answers knows it. */
  #seen(impUid: string): Row | null {
    const row = this.ledger.row(impUid)
    const lag = this.lags.get(impUid)
    if (lag === undefined || lag.untilMs <= this.#nowMs() || !this.#world.isBehind()) return row
    const older = this.ledger.rowBefore(impUid, lag.backMs)
    if (older !== row) this.#world.onLag()
    return older
  }

  /** Without the times that this PG does not name. */
  #asTold(row: Row): Row {
    const hides = this.ledger.entries.get(row.imp_uid)?.hides ?? 'nothing'
    if (hides === 'nothing') return row
    const paid_at = hides === 'both' && row.vbank_num === null ? 0 : row.paid_at
    return { ...row, started_at: 0, paid_at }
  }

  #seconds(): number {
    return Math.floor(this.#nowMs() / 1000)
  }
}
