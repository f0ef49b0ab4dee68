import { createServer } from 'node:http'
import type { Server } from 'node:http'
import { getRequestListener, type Http2Bindings, type HttpBindings } from '@hono/node-server'
import { Hono } from 'hono'
import { createApi } from './v1/api.ts'
import { inBackground } from './background.ts'
import { createCancelRequests } from './v1/cancel-requests.ts'
import { createClock, type SandboxClock, type Schedule } from './clock.ts'
import { createConsole } from './console/console.ts'
import { createControl } from './control/control.ts'
import { overHttp, type Carrier } from './delivery.ts'
import type { SandboxEnv, State } from './state.ts'
import { handleOf, type SandboxHandle } from './handle.ts'
import { createLedger } from './ledger.ts'
import { closeServer, listen } from './listening.ts'
import { createMisbehaviourSwitch } from './misbehaviour.ts'
import { createSdk } from './v1/sdk.ts'
import { createTokens } from './v1/token.ts'
import { webhooksV1 } from './v1/webhooks.ts'
import { openPayment } from './v1/opening.ts'
import { createApiV2 } from './v2/api.ts'
import { openV2 } from './v2/opening.ts'
import { createSdkV2 } from './v2/sdk.ts'
import { createV2State } from './v2/state.ts'
import type { V2Settings } from './v2/state.ts'
import { webhooksV2 } from './v2/webhooks.ts'
import { createWebhooks } from './webhooks.ts'
import { createWindow } from './window/window.ts'

export type { RowRequest } from './added-rows.ts'
export type { CancelAsked, SandboxCancelRequest } from './v1/cancel-requests.ts'
export type { CallbackResult, Ending } from './v1/ending.ts'
export type { SandboxHandle } from './handle.ts'
export type { Misbehaviour, PaymentMisbehaviour } from './misbehaviour.ts'
export type { Opened, OpenRequest } from './v1/opening.ts'
export type { Means, RefusalCause } from './scenarios.ts'
export type { ApiCall } from './state.ts'
export type { Carrier, Delivery, Draft, DeliveryOutcome } from './delivery.ts'
export type { OpenedV2 } from './v2/opening.ts'
export type { V2OpenRequest } from './v2/open-request.ts'

/** The settings of every sandbox. */
type Settings = V2Settings & {
  /** The clock before `advance`. The default is the machine's. */
  readonly nowMs?: () => number
  readonly key?: string
  readonly secret?: string
  /** A hex prefix of access tokens, by which tests find tokens in written files. */
  readonly tokensBegin?: string
  /** The webhook address of payments without `notice_url`. */
  readonly webhookUrl?: string | null
}

export type SandboxOptions = Settings & {
  /** The default, 0, selects a free port. */
  readonly port?: number
  /** V2's port. The default, 0, selects a free one. */
  readonly v2Port?: number
  readonly host?: string
  /** The origin in `windowUrl`, when clients reach the sandbox through another address than host and port. */
  readonly publicUrl?: string
  readonly v2PublicUrl?: string
}

/** The options of a sandbox without sockets and real timers, for a simulation. */
export type EnclosedOptions = Settings & {
  /** The sandbox's origin in the simulation. */
  readonly url: string
  /** V2's origin in the simulation. */
  readonly v2Url: string
  /** Schedules delayed tasks. */
  readonly schedule: Schedule
  /** Delivers webhooks. */
  readonly carrier: Carrier
}

export type Sandbox = SandboxHandle & { readonly [Symbol.asyncDispose]: () => Promise<void> }

export const DEFAULT_KEY = 'sandbox'
export const DEFAULT_SECRET = 'sandbox-secret'
const LOOPBACK = '127.0.0.1'

/** A sandbox that is called directly. `fetch` returns null when the connection would break. */
export type EnclosedSandbox = Sandbox & { readonly fetch: (request: Request) => Promise<Response | null> }

/** Starts a sandbox with its own state on real HTTP: `await using gateway = await startSandbox({ port: 0 })`. */
export async function startSandbox(options: SandboxOptions = {}): Promise<Sandbox> {
  const origins = { v1: '', v2: '' }
  const clock = createClock(options.nowMs ?? Date.now)
  const state = createState(options, {
    clock,
    carrier: overHttp(),
    origin: () => origins.v1,
    v2Origin: () => origins.v2,
  })
  const { app, appV2, handle, close } = assemble(state)
  const host = options.host ?? LOOPBACK
  const v1 = await serve(app, host, options.port ?? 0)
  const v2 = await serveOr(appV2, host, options.v2Port ?? 0, v1)
  origins.v1 = options.publicUrl ?? v1.url
  origins.v2 = options.v2PublicUrl ?? v2.url
  return {
    ...handle(v1.url, v2.url),
    async [Symbol.asyncDispose]() {
      await close()
      await Promise.all([closeServer(v1.server), closeServer(v2.server)])
    },
  }
}

type Serving = { readonly server: Server; readonly url: string }

async function serve(app: Hono<SandboxEnv>, host: string, asked: number): Promise<Serving> {
  const listener = getRequestListener((request, sockets) =>
    app.fetch(request, { breakOff: () => socketOf(sockets)?.destroy() }),
  )
  const server = createServer((incoming, outgoing) => inBackground(listener(incoming, outgoing)))
  const port = await listen(server, host, asked)
  return { server, url: `http://${host.includes(':') ? `[${host}]` : host}:${port}` }
}

/** Closes the first server when the second cannot listen: otherwise the process would stay. */
async function serveOr(app: Hono<SandboxEnv>, host: string, port: number, first: Serving): Promise<Serving> {
  try {
    return await serve(app, host, port)
  } catch (error) {
    await closeServer(first.server)
    throw error
  }
}

/** Creates a sandbox with its own state in the caller's simulation. The caller provides time and webhook delivery. */
export function encloseSandbox(options: EnclosedOptions): EnclosedSandbox {
  const clock = createClock(options.nowMs ?? Date.now, options.schedule)
  const state = createState(options, {
    clock,
    carrier: options.carrier,
    origin: () => options.url,
    v2Origin: () => options.v2Url,
  })
  const { app, appV2, handle, close } = assemble(state)
  return {
    ...handle(options.url, options.v2Url),
    async fetch(request) {
      let isBroken = false
      const called = new URL(request.url).origin === new URL(options.v2Url).origin ? appV2 : app
      const answer = await called.fetch(request, { breakOff: () => (isBroken = true) })
      return isBroken ? null : answer
    },
    [Symbol.asyncDispose]: close,
  }
}

function assemble(state: State) {
  // Accept trailing slashes (docs/gateway/portone-v1.md §8). The outermost app's setting applies to all routes.
  const app = new Hono<SandboxEnv>({ strict: false })
  const appV2 = new Hono<SandboxEnv>({ strict: false })
  // Console, control API and window are the same at both origins; only `open` takes the fields of its own version.
  for (const [each, open] of [
    [app, openPayment],
    [appV2, openV2],
  ] as const) {
    each.route('/', createConsole())
    each.route('/', createControl(state, open))
    each.route('/', createWindow(state))
  }
  app.route('/', createSdk(state))
  app.route('/', createApi(state))
  appV2.route('/', createSdkV2(state))
  appV2.route('/', createApiV2(state))
  const close = async (): Promise<void> => {
    state.clock.close()
    await state.webhooks.close()
  }
  return { app, appV2, handle: (url: string, v2Url: string) => handleOf(state, { url, v2Url }), close }
}

const socketOf = (sockets: HttpBindings | Http2Bindings) =>
  'socket' in sockets.incoming ? sockets.incoming.socket : null

type Surroundings = {
  readonly clock: SandboxClock
  readonly carrier: Carrier
  readonly origin: () => string
  readonly v2Origin: () => string
}

function createState(options: Settings, { clock, carrier, origin, v2Origin }: Surroundings): State {
  const v2 = createV2State(options, clock, v2Origin)
  const wireV2 = webhooksV2(v2, clock)
  return {
    clock,
    ledger: createLedger(clock),
    webhooks: createWebhooks(clock, carrier, (payment) => (payment.v2 === undefined ? webhooksV1 : wireV2)),
    v2,
    misbehaviour: createMisbehaviourSwitch(clock.nowMs),
    tokens: createTokens(
      clock,
      { key: options.key ?? DEFAULT_KEY, secret: options.secret ?? DEFAULT_SECRET },
      options.tokensBegin,
    ),
    calls: [],
    cancels: createCancelRequests(),
    origin,
    webhookUrl: options.webhookUrl ?? null,
  }
}
