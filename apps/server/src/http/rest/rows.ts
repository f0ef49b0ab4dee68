import type { inferRouterInputs } from '@trpc/server'
import type { AppRouter } from '../trpc/router.ts'

type Inputs = inferRouterInputs<AppRouter>
type ProcedureName = { [R in keyof Inputs]: `${R}.${keyof Inputs[R] & string}` }[keyof Inputs]

/** A row of the REST API: a procedure at an address, and the parts of the request that make its input. */
type Row = {
  readonly method: 'GET' | 'POST'
  /** `{name}` is the input's field of that name. */
  readonly path: `/v1/${string}`
  readonly procedure: ProcedureName
  readonly from: readonly InputSource[]
}
/** `path`, `query` and `body` give fields by name. The header `Idempotency-Key` gives the field `idempotencyKey`. */
export type InputSource = 'path' | 'query' | 'body' | 'idempotency-key'

/**
 * The REST API. Each row calls its procedure, which alone decides who may call it, what it accepts and what it answers. The demo shop's procedures,
 * and those that follow a screen with a view token, have no row.
 */
export const rows = [
  { method: 'POST', path: '/v1/payments/verify', procedure: 'payments.verify', from: ['body'] },
  { method: 'POST', path: '/v1/orders', procedure: 'orders.register', from: ['body'] },
  { method: 'GET', path: '/v1/orders', procedure: 'orders.list', from: ['query'] },
  { method: 'GET', path: '/v1/orders/{orderId}', procedure: 'orders.get', from: ['path'] },
  { method: 'GET', path: '/v1/orders/{orderId}/story', procedure: 'orders.story', from: ['path'] },
  {
    method: 'POST',
    path: '/v1/orders/{orderId}/refunds',
    procedure: 'orders.cancel',
    from: ['path', 'body', 'idempotency-key'],
  },
  { method: 'POST', path: '/v1/orders/{orderId}/close', procedure: 'orders.close', from: ['path', 'body'] },
  {
    method: 'POST',
    path: '/v1/orders/{orderId}/reconcile',
    procedure: 'orders.reconcile',
    from: ['path', 'body'],
  },
  {
    method: 'POST',
    path: '/v1/orders/{orderId}/reviews/{reviewId}/resolve',
    procedure: 'orders.resolve',
    from: ['path', 'body'],
  },
  { method: 'GET', path: '/v1/refunds', procedure: 'orders.refunds', from: ['query'] },
  { method: 'GET', path: '/v1/notices', procedure: 'notices.list', from: ['query'] },
  { method: 'POST', path: '/v1/notices/replay', procedure: 'notices.replay', from: ['body'] },
] as const satisfies readonly Row[]

export type RestRow = (typeof rows)[number]
export type RestProcedure = RestRow['procedure']

/** The names of the fields in a row's path. */
export const pathFields = ({ path }: Pick<Row, 'path'>): string[] =>
  [...path.matchAll(/\{(\w+)\}/g)].map(([, name = '']) => name)

/** Whether the row takes the header `Idempotency-Key`. */
export const takesKey = ({ from }: Pick<Row, 'from'>): boolean => from.includes('idempotency-key')
