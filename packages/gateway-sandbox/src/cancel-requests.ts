/** One `POST /payments/cancel` as it arrived, and what came of it: what tests read to see what was sent. */
export type CancelRequest = {
  readonly id: string
  /** null: no payment with money in it was named. */
  readonly impUid: string | null
  readonly askedAtMs: number
  /** As sent; null where the field was missing. Amounts are in currency units. */
  readonly asked: CancelAsked
  /** What is to come back: the amount asked, or all that was left on arrival. */
  readonly amount: number
  /** `pending`: answered with code 0 — or, when slow, not yet — and not in the record. */
  readonly state: 'refused' | 'pending' | 'booked' | 'denied'
  /** The text of a refusal or a denial. */
  readonly told: string | null
  readonly settledAtMs: number | null
}

export type CancelAsked = {
  readonly impUid: string | null
  readonly merchantUid: string | null
  readonly amount: number | null
  readonly checksum: number | null
  readonly taxFree: number | null
  readonly vatAmount: number | null
  readonly reason: string | null
  readonly refundHolder: string | null
  readonly refundBank: string | null
  readonly refundAccount: string | null
  readonly refundTel: string | null
  readonly enableWebhook: boolean
}

export type CancelRequests = {
  readonly add: (request: CancelRequest) => void
  readonly find: (id: string) => CancelRequest | undefined
  /** Oldest first; of one payment, or all. */
  readonly all: (impUid?: string) => readonly CancelRequest[]
  readonly change: (id: string, change: Partial<CancelRequest>) => void
  /** Resolves when it is booked or denied. */
  readonly settled: (id: string) => Promise<void>
}

/** A sandbox left running for weeks must not fill the memory with what nobody reads. */
const REQUESTS_KEPT_MAX = 10_000

export function createCancelRequests(): CancelRequests {
  const requests = new Map<string, CancelRequest>()
  const waiting = new Map<string, () => void>()

  return {
    add(request) {
      const oldest = requests.keys().next()
      if (requests.size >= REQUESTS_KEPT_MAX && !oldest.done) requests.delete(oldest.value)
      requests.set(request.id, request)
    },
    find: (id) => requests.get(id),
    all: (impUid) =>
      [...requests.values()].filter((request) => impUid === undefined || request.impUid === impUid),
    change(id, change) {
      const request = requests.get(id)
      if (request === undefined) return
      requests.set(id, { ...request, ...change })
      if (change.state === undefined || change.state === 'pending') return
      waiting.get(id)?.()
      waiting.delete(id)
    },
    settled: (id) =>
      new Promise<void>((resolve) => {
        if (requests.get(id)?.state === 'pending') waiting.set(id, resolve)
        else resolve()
      }),
  }
}
