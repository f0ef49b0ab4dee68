import type {
  CancelAnswer,
  CancelInput,
  CloseInput,
  ListInput,
  NoticeList,
  NoticesInput,
  OrderList,
  OrderView,
  RefundList,
  RefundsInput,
  RegisterAnswer,
  RegisterInput,
  ReplayAnswer,
  ReplayInput,
  ResolveAnswer,
  ResolveInput,
  ShownScreen,
  Story,
  VerifyInput,
} from './api-types.ts'
import { call, type ApiConnection } from './call.ts'

export type LandfallOptions = {
  /** Landfall's own address (`PUBLIC_URL`), without a path. */
  readonly url: string
  /** A merchant key (`MERCHANT_API_KEYS`). It stays on the shop's server. */
  readonly key: string
  /** Replaces the global `fetch`. */
  readonly fetch?: typeof globalThis.fetch
  /** How long one call may take with all its tries, in milliseconds: 20,000 by default. */
  readonly deadlineMs?: number
}

const DEADLINE_MS = 20_000

/** Amounts are integers in minor units (won for KRW), times epoch milliseconds. Every call that fails throws a `LandfallError`. */
export type Landfall = {
  /** Registers an order before the window opens. The same order again gives the same answer, and its other fields follow while it is open. */
  readonly register: (order: RegisterInput) => Promise<RegisterAnswer>
  /** The order as recorded: status, balance, payments, reviews, refunds, notices. */
  readonly get: (orderId: string) => Promise<OrderView>
  /** Orders by time of registration, paged: pass `nextCursor` as `cursor` until it is null. */
  readonly list: (filter?: ListInput) => Promise<OrderList>
  /** Everything that happened to the order of this id, payment id or reference, in time order. */
  readonly story: (orderId: string) => Promise<Story>
  /** Gives money back: all that is left, or `amount`. Once for each `idempotencyKey`. */
  readonly refund: (orderId: string, refund: Omit<CancelInput, 'orderId'>) => Promise<CancelAnswer>
  /** The refunds requested in a period, paged, with sums by cause. */
  readonly refunds: (period: RefundsInput) => Promise<RefundList>
  /** Calls an unpaid order off. Money that comes later goes back (`ON_CLOSED`). */
  readonly close: (orderId: string, why?: Omit<CloseInput, 'orderId'>) => Promise<OrderView>
  /** Ends a review in person. */
  readonly resolve: (
    orderId: string,
    reviewId: string,
    how: Omit<ResolveInput, 'orderId' | 'reviewId'>,
  ) => Promise<ResolveAnswer>
  /** Looks the order up at the gateway now. */
  readonly reconcile: (orderId: string) => Promise<OrderView>
  /** The notices with their delivery attempts, paged. */
  readonly notices: (filter?: NoticesInput) => Promise<NoticeList>
  /** Sends notices again: one by its id, or those recorded in a period. */
  readonly replayNotices: (which: ReplayInput) => Promise<ReplayAnswer>
  /** Takes a return's query or the SDK's callback object, and answers what the customer may see. Not a proof for the shop: ask `get`. */
  readonly verify: (fields: VerifyInput) => Promise<ShownScreen>
}

/** The calls of Landfall's API. Throws a `TypeError` for an unusable `url` or `key`. */
export function createLandfall(options: LandfallOptions): Landfall {
  const connection = connectionOf(options)
  const get = <A extends object>(path: readonly string[], query: object = {}): Promise<A> =>
    call<A>(connection, { method: 'GET', path, query })
  const post = <A extends object>(path: readonly string[], body: object = {}): Promise<A> =>
    call<A>(connection, { method: 'POST', path, body })
  return {
    register: (order) => post(['orders'], order),
    get: (orderId) => get(['orders', orderId]),
    list: (filter) => get(['orders'], filter),
    story: (orderId) => get(['orders', orderId, 'story']),
    refund: (orderId, refund) => post(['orders', orderId, 'refunds'], refund),
    refunds: (period) => get(['refunds'], period),
    close: (orderId, why) => post(['orders', orderId, 'close'], why),
    resolve: (orderId, reviewId, how) => post(['orders', orderId, 'reviews', reviewId, 'resolve'], how),
    reconcile: (orderId) => post(['orders', orderId, 'reconcile']),
    notices: (filter) => get(['notices'], filter),
    replayNotices: (which) => post(['notices', 'replay'], which),
    verify: (fields) => post(['payments', 'verify'], fields),
  }
}

function connectionOf({ url, key, fetch, deadlineMs = DEADLINE_MS }: LandfallOptions): ApiConnection {
  const address = URL.canParse(url) ? new URL(url) : null
  if (address === null || !/^https?:$/.test(address.protocol) || address.pathname !== '/')
    throw new TypeError(
      `url must be Landfall’s address without a path, like https://pay.shop.example: ${url}`,
    )
  // A missing environment variable, or a line break after the key.
  if (!/^[\x21-\x7e]+$/.test(key ?? '')) throw new TypeError('key must be a merchant key, without spaces')
  return { url: address, key, fetch: fetch ?? ((...given) => globalThis.fetch(...given)), deadlineMs }
}
