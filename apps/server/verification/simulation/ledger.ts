/** One return of money as the simulated gateway books it. */
type Cancelled = {
  readonly amount: number
  readonly cancelled_at: number
  readonly reason: string
  readonly cancellation_id: string
}

/** A payment as `GET /payments/{imp_uid}` tells it (docs/gateway/portone-v1.md §4.4), the fields the server reads. Times are unix seconds, 0 when unset. */
export type Row = {
  readonly imp_uid: string
  readonly merchant_uid: string
  readonly status: 'ready' | 'paid' | 'cancelled' | 'failed'
  readonly amount: number
  readonly cancel_amount: number
  readonly currency: string
  readonly sandbox: boolean
  readonly pay_method: string
  readonly pg_provider: string
  readonly vbank_num: string | null
  readonly vbank_date: number
  readonly started_at: number
  readonly paid_at: number
  readonly failed_at: number
  readonly cancelled_at: number
  readonly fail_reason: string | null
  readonly cancel_history: readonly Cancelled[]
  readonly deposit_history: ReadonlyArray<{ readonly amount: number; readonly deposited_at: number }>
  readonly promotion: { readonly id: string; readonly discount: number } | null
}

/** A row as it stood from a moment on. Rows are replaced, never changed in place: an answer once made stays what it was. */
export type Version = { readonly row: Row; readonly atMs: number }

export type Entry = {
  readonly versions: Version[]
  /** A fixed account takes deposits at any time, and lists each. */
  readonly fixedAccount: boolean
  /** Until then a look-up by its id answers 404 (G-10). */
  readonly knownFromMs: number
  accountClosed: boolean
  /** Of the PG's accounts this one cannot be closed (V-10). */
  readonly cannotClose: boolean
  /** Who it was that paid: only what came through our order's own window is ours (S-23). */
  readonly whose: 'ours' | 'theirs'
  /** Times its records do not name. */
  readonly hides: 'nothing' | 'start' | 'both'
  /** So much earlier than now it was paid, for what is of another year. */
  readonly paidAgoMs: number
}

/** What the customer asks for when the window opens. */
export type Wish = {
  readonly impUid: string
  readonly orderId: string
  readonly amount: number
  readonly currency: string
  readonly sandbox: boolean
  readonly fixedAccount: boolean
  readonly knownLaterMs: number
  readonly startedAgoMs?: number
  readonly paidAgoMs?: number
  readonly whose?: Entry['whose']
  readonly hides?: Entry['hides']
  readonly cannotClose?: boolean
  readonly pg?: string
  /** Taken off by the PG: `amount` is what is charged (M-29). */
  readonly discount?: number
  /** The window opens although the gateway holds another amount for the number; left to chance when it is not said. */
  readonly forces?: boolean
}

/** The gateway's own books, and what customers, banks and the gateway's console do to them. What a payment's state does not allow does nothing. */
export class Ledger {
  readonly #nowMs: () => number
  readonly entries = new Map<string, Entry>()
  #cancellations = 0

  constructor(nowMs: () => number) {
    this.#nowMs = nowMs
  }

  open(wish: Wish): void {
    if (this.entries.has(wish.impUid) || this.everPaid(wish.orderId)) return
    const row: Row = {
      ...blank,
      imp_uid: wish.impUid,
      merchant_uid: wish.orderId,
      amount: wish.amount,
      currency: wish.currency,
      sandbox: wish.sandbox,
      pg_provider: wish.pg ?? 'html5_inicis',
      started_at: this.#seconds() - Math.round((wish.startedAgoMs ?? 0) / 1000),
      promotion: wish.discount === undefined ? null : { id: 'spring-sale', discount: wish.discount },
    }
    const { fixedAccount, knownLaterMs } = wish
    const knownFromMs = this.#nowMs() + knownLaterMs
    const versions = [{ row, atMs: this.#nowMs() }]
    const { whose = 'ours', hides = 'nothing', cannotClose = false, paidAgoMs = 0 } = wish
    const kind = { fixedAccount, whose, hides, cannotClose, paidAgoMs }
    this.entries.set(wish.impUid, { versions, knownFromMs, accountClosed: false, ...kind })
  }

  /** Money moves: from an open window, or late after a refusal (G-11). */
  approve(impUid: string): boolean {
    const now = this.#seconds() - Math.round((this.entries.get(impUid)?.paidAgoMs ?? 0) / 1000)
    return this.#change(impUid, (row) =>
      row.status === 'failed' || (row.status === 'ready' && row.vbank_num === null)
        ? { ...row, status: 'paid', paid_at: now }
        : null,
    )
  }

  refuse(impUid: string): boolean {
    const now = this.#seconds()
    return this.#change(impUid, (row) =>
      row.status === 'ready' && row.vbank_num === null
        ? { ...row, status: 'failed', failed_at: now, fail_reason: '한도 초과' }
        : null,
    )
  }

  issueAccount(impUid: string, lifeMs: number): boolean {
    const due = this.#seconds() + Math.round(lifeMs / 1000)
    return this.#change(impUid, (row) =>
      row.status === 'ready' && row.vbank_num === null
        ? { ...row, pay_method: 'vbank', vbank_num: `562${row.imp_uid.slice(4)}`, vbank_date: due }
        : null,
    )
  }

  /** The bank takes money into an issued account until its due second, into a fixed one always (docs/gateway/portone-v1.md §4.4). */
  deposit(impUid: string): boolean {
    const now = this.#seconds()
    const entry = this.entries.get(impUid)
    return this.#change(impUid, (row) => {
      if (row.vbank_num === null || entry === undefined) return null
      const waits = row.status === 'ready' && !entry.accountClosed && row.vbank_date >= now
      const paid: Row = waits ? { ...row, status: 'paid', paid_at: now } : row
      if (!entry.fixedAccount) return waits ? paid : null
      const deposit_history = [...row.deposit_history, { amount: row.amount, deposited_at: now }]
      return { ...paid, deposit_history }
    })
  }

  /** An erased account reads `failed` (docs/gateway/portone-v1.md §4.3). */
  closeAccount(impUid: string): boolean {
    if (this.entries.get(impUid)?.cannotClose === true) return false
    const now = this.#seconds()
    const closed = this.#change(impUid, (row) =>
      row.status === 'ready' && row.vbank_num !== null
        ? { ...row, status: 'failed', failed_at: now, fail_reason: '계좌말소' }
        : null,
    )
    const entry = this.entries.get(impUid)
    if (closed && entry !== undefined) entry.accountClosed = true
    return closed
  }

  /** Gives `amount` back, all that is left when null. */
  cancel(impUid: string, amount: number | null, reason: string): boolean {
    const now = this.#seconds()
    return this.#change(impUid, (row) => {
      const left = row.amount - row.cancel_amount
      const sum = amount ?? left
      if (row.paid_at === 0 || sum <= 0 || sum > left) return null
      this.#cancellations += 1
      const cancellation_id = `CANCEL${String(this.#cancellations).padStart(14, '0')}`
      const booked = { amount: sum, cancelled_at: now, reason, cancellation_id }
      const cancel_history = [...row.cancel_history, booked]
      const cancel_amount = row.cancel_amount + sum
      return { ...row, status: 'cancelled', cancel_amount, cancelled_at: now, cancel_history }
    })
  }

  /** The row as it stood so long ago; null when there was none yet. */
  rowBefore(impUid: string, backMs: number): Row | null {
    const atMs = this.#nowMs() - backMs
    return this.entries.get(impUid)?.versions.findLast((version) => version.atMs <= atMs)?.row ?? null
  }

  row(impUid: string): Row | null {
    return this.entries.get(impUid)?.versions.at(-1)?.row ?? null
  }

  rows(): Row[] {
    return [...this.entries.keys()].flatMap((impUid) => this.row(impUid) ?? [])
  }

  /** Approved once means refused for ever, also after a cancel (F1002). */
  everPaid(orderId: string): boolean {
    return this.rows().some((row) => row.merchant_uid === orderId && row.paid_at > 0)
  }

  #change(impUid: string, to: (row: Row) => Row | null): boolean {
    const entry = this.entries.get(impUid)
    const last = entry?.versions.at(-1)
    if (entry === undefined || last === undefined) return false
    const row = to(last.row)
    if (row === null) return false
    entry.versions.push({ row, atMs: this.#nowMs() })
    return true
  }

  #seconds(): number {
    return Math.floor(this.#nowMs() / 1000)
  }
}

const blank: Omit<Row, 'imp_uid' | 'merchant_uid' | 'amount' | 'currency' | 'sandbox' | 'started_at'> = {
  status: 'ready',
  cancel_amount: 0,
  pay_method: 'card',
  pg_provider: 'html5_inicis',
  vbank_num: null,
  vbank_date: 0,
  paid_at: 0,
  failed_at: 0,
  cancelled_at: 0,
  fail_reason: null,
  cancel_history: [],
  deposit_history: [],
  promotion: null,
}
