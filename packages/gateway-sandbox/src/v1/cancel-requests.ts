/** One `POST /payments/cancel`: its fields and its outcome. */
export type SandboxCancelRequest = {
  readonly id: string
  /** null: the request named no paid payment. */
  readonly impUid: string | null
  readonly askedAtMs: number
  /** The fields as sent, null where one was missing. Amounts are in currency units. */
  readonly asked: CancelAsked
  /** The requested amount, or the balance on arrival if the request has none. */
  readonly amount: number
  /** `pending`: accepted, but not booked yet. A slow cancel is answered only after this state. */
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
  readonly add: (request: SandboxCancelRequest) => void
  readonly find: (id: string) => SandboxCancelRequest | undefined
  /** Oldest first. `impUid` selects one payment. */
  readonly all: (impUid?: string) => readonly SandboxCancelRequest[]
  readonly change: (id: string, change: Partial<SandboxCancelRequest>) => void
  /** Resolves when it is booked or denied. */
  readonly settled: (id: string) => Promise<void>
}

/** Limits the memory of a sandbox that runs for weeks. */
const REQUESTS_KEPT_MAX = 10_000

export function createCancelRequests(): CancelRequests {
  const requests = new Map<string, SandboxCancelRequest>()
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
