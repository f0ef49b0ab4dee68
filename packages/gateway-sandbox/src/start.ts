import { createServer } from 'node:http'
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
import { createWebhooks } from './v1/webhooks.ts'
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

/** The settings of every sandbox. */
type Settings = {
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
  readonly host?: string
  /** The origin in `windowUrl`, when clients reach the sandbox through another address than host and port. */
  readonly publicUrl?: string
}

/** The options of a sandbox without sockets and real timers, for a simulation. */
export type EnclosedOptions = Settings & {
  /** The sandbox's origin in the simulation. */
  readonly url: string
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
  let origin = ''
  const clock = createClock(options.nowMs ?? Date.now)
  const state = createState(options, { clock, carrier: overHttp(), origin: () => origin })
  const { app, handle, close } = assemble(state)
  const listener = getRequestListener((request, sockets) =>
    app.fetch(request, { breakOff: () => socketOf(sockets)?.destroy() }),
  )
  const server = createServer((incoming, outgoing) => inBackground(listener(incoming, outgoing)))
  const host = options.host ?? LOOPBACK
  const port = await listen(server, host, options.port ?? 0)
  const url = `http://${host.includes(':') ? `[${host}]` : host}:${port}`
  origin = options.publicUrl ?? url
  return {
    ...handle(url),
    async [Symbol.asyncDispose]() {
      await close()
      await closeServer(server)
    },
  }
}

/** Creates a sandbox with its own state in the caller's simulation. The caller provides time and webhook delivery. */
export function encloseSandbox(options: EnclosedOptions): EnclosedSandbox {
  const clock = createClock(options.nowMs ?? Date.now, options.schedule)
  const state = createState(options, { clock, carrier: options.carrier, origin: () => options.url })
  const { app, handle, close } = assemble(state)
  return {
    ...handle(options.url),
    async fetch(request) {
      let isBroken = false
      const answer = await app.fetch(request, { breakOff: () => (isBroken = true) })
      return isBroken ? null : answer
    },
    [Symbol.asyncDispose]: close,
  }
}

function assemble(state: State) {
  // Accept trailing slashes (docs/gateway/portone-v1.md §8). The outermost app's setting applies to all routes.
  const app = new Hono<SandboxEnv>({ strict: false })
  app.route('/', createConsole())
  app.route('/', createControl(state))
  app.route('/', createSdk(state))
  app.route('/', createWindow(state))
  app.route('/', createApi(state))
  const close = async (): Promise<void> => {
    state.clock.close()
    await state.webhooks.close()
  }
  return { app, handle: (url: string) => handleOf(state, url), close }
}

const socketOf = (sockets: HttpBindings | Http2Bindings) =>
  'socket' in sockets.incoming ? sockets.incoming.socket : null

function createState(
  options: Settings,
  { clock, carrier, origin }: { clock: SandboxClock; carrier: Carrier; origin: () => string },
): State {
  return {
    clock,
    ledger: createLedger(clock),
    webhooks: createWebhooks(clock, carrier),
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
