import { createServer } from 'node:http'
import { getRequestListener } from '@hono/node-server'
import type { Http2Bindings, HttpBindings } from '@hono/node-server'
import { Hono } from 'hono'
import { createApi } from './v1/api.ts'
import { inBackground } from './background.ts'
import { createCancelRequests } from './v1/cancel-requests.ts'
import { createClock } from './clock.ts'
import type { SandboxClock, Schedule } from './clock.ts'
import { createConsole } from './console/console.ts'
import { createControl } from './control/control.ts'
import { overHttp } from './delivery.ts'
import type { Carrier } from './delivery.ts'
import type { SandboxEnv } from './connection.ts'
import { createGateway } from './gateway.ts'
import { handleOf } from './handle.ts'
import type { SandboxHandle } from './handle.ts'
import { createLedger } from './ledger.ts'
import { closeServer, listen } from './listening.ts'
import { createMisbehaviourSwitch } from './misbehaviour.ts'
import { createSdk } from './v1/sdk.ts'
import type { State } from './state.ts'
import { createTokens } from './v1/token.ts'
import { createWebhooks } from './v1/webhooks.ts'
import { createWindow } from './window/window.ts'

export type { RowRequest } from './added-rows.ts'
export type { CancelAsked, SandboxCancelRequest } from './v1/cancel-requests.ts'
export type { CallbackResult, Ending } from './v1/ending.ts'
export type { SandboxHandle } from './handle.ts'
export type { Misbehaviour, PaymentMisbehaviour } from './misbehaviour.ts'
export type { Opened, OpenRequest } from './opening.ts'
export type { Means, RefusalCause } from './scenarios.ts'
export type { ApiCall } from './state.ts'
export type { Carrier, Delivery, Draft, DeliveryOutcome } from './delivery.ts'

/** What a sandbox is made of, wherever it runs. */
type Settings = {
  /** The clock it goes by, before `advance`; the machine's by default. */
  readonly nowMs?: () => number
  readonly key?: string
  readonly secret?: string
  /** Hex that its access tokens begin with, so that one is recognised wherever it is written. */
  readonly tokensBegin?: string
  /** Where payments without `notice_url` announce themselves. */
  readonly webhookUrl?: string | null
}

export type SandboxOptions = Settings & {
  /** 0, the default, takes a free one. */
  readonly port?: number
  readonly host?: string
  /** The origin told in `windowUrl`, where it is reached through something else than host and port. */
  readonly publicUrl?: string
}

/** A sandbox in a world of the caller's: without sockets, without real timers. */
export type EnclosedOptions = Settings & {
  /** The origin at which the world reaches it. */
  readonly url: string
  /** Whatever happens later happens through this. */
  readonly schedule: Schedule
  /** How webhooks travel. */
  readonly carrier: Carrier
}

export type Sandbox = SandboxHandle & { readonly [Symbol.asyncDispose]: () => Promise<void> }

export const DEFAULT_KEY = 'sandbox'
export const DEFAULT_SECRET = 'sandbox-secret'
const LOOPBACK = '127.0.0.1'

/** A sandbox that is asked by a call. `fetch` answers null where the connection would have broken. */
export type EnclosedSandbox = Sandbox & { readonly fetch: (request: Request) => Promise<Response | null> }

/** Starts a gateway of its own: own state, real HTTP. `await using gateway = await startSandbox({ port: 0 })`. */
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

/** Makes a gateway inside the caller's world: own state, asked by a call, time and webhooks through the caller. */
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
  const gateway = createGateway(state)
  // Trailing slashes are borne (docs/gateway/portone-v1.md §8); the outermost app decides that for all.
  const app = new Hono<SandboxEnv>({ strict: false })
  app.route('/', createConsole())
  app.route('/', createControl(state, gateway))
  app.route('/', createSdk(gateway))
  app.route('/', createWindow(state, gateway))
  app.route('/', createApi(state))
  const close = async (): Promise<void> => {
    state.clock.close()
    await state.webhooks.close()
  }
  return { app, handle: (url: string) => handleOf(state, gateway, url), close }
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
