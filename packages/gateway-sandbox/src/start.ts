import { createServer } from 'node:http'
import { getRequestListener } from '@hono/node-server'
import { Hono } from 'hono'
import { createApi } from './api.ts'
import { inBackground } from './background.ts'
import { createClock } from './clock.ts'
import { createConsole } from './console.ts'
import { createControl } from './control.ts'
import type { Env } from './envelope.ts'
import { createGateway } from './gateway.ts'
import { handleOf } from './handle.ts'
import type { SandboxHandle } from './handle.ts'
import { createLedger } from './ledger.ts'
import { closeServer, listen } from './listening.ts'
import { createMisbehaviourSwitch } from './misbehaviour.ts'
import { createSdk } from './sdk.ts'
import type { State } from './state.ts'
import { createTokens } from './token.ts'
import { createWebhooks } from './webhooks.ts'
import { createWindow } from './window.ts'

export type { CallbackResult, Ending } from './ending.ts'
export type { SandboxHandle } from './handle.ts'
export type { Misbehaviour, PaymentMisbehaviour } from './misbehaviour.ts'
export type { Opened, OpenRequest } from './opening.ts'
export type { Means, RefusalCause } from './scenarios.ts'
export type { Call } from './state.ts'
export type { Delivery } from './delivery.ts'

export type SandboxOptions = {
  /** 0, the default, takes a free one. */
  readonly port?: number
  readonly host?: string
  /** The clock it goes by, before `advance`; the machine's by default. */
  readonly nowMs?: () => number
  /** The origin told in `windowUrl`, where it is reached through something else than host and port. */
  readonly publicUrl?: string
  readonly key?: string
  readonly secret?: string
  /** Hex that its access tokens begin with, so that one is recognised wherever it is written. */
  readonly tokensBegin?: string
  /** Where payments without `notice_url` announce themselves. */
  readonly webhookUrl?: string | null
}

export type Sandbox = SandboxHandle & { readonly [Symbol.asyncDispose]: () => Promise<void> }

export const DEFAULT_KEY = 'sandbox'
export const DEFAULT_SECRET = 'sandbox-secret'
const LOOPBACK = '127.0.0.1'

/** Starts a gateway of its own: own state, real HTTP. `await using gateway = await startSandbox({ port: 0 })`. */
export async function startSandbox(options: SandboxOptions = {}): Promise<Sandbox> {
  let origin = ''
  const state = createState(options, () => origin)
  const gateway = createGateway(state)
  // Trailing slashes are borne (portone.md §8); the outermost app decides that for all.
  const app = new Hono<Env>({ strict: false })
  app.route('/', createConsole())
  app.route('/', createControl(state, gateway))
  app.route('/', createSdk(gateway))
  app.route('/', createWindow(state, gateway))
  app.route('/', createApi(state))

  const listener = getRequestListener(app.fetch)
  const server = createServer((incoming, outgoing) => inBackground(listener(incoming, outgoing)))
  const host = options.host ?? LOOPBACK
  const port = await listen(server, host, options.port ?? 0)
  const url = `http://${host.includes(':') ? `[${host}]` : host}:${port}`
  origin = options.publicUrl ?? url
  return {
    ...handleOf(state, gateway, url),
    async [Symbol.asyncDispose]() {
      state.clock.close()
      await state.webhooks.close()
      await closeServer(server)
    },
  }
}

function createState(options: SandboxOptions, origin: () => string): State {
  const clock = createClock(options.nowMs ?? Date.now)
  return {
    clock,
    ledger: createLedger(),
    webhooks: createWebhooks(clock),
    misbehaviour: createMisbehaviourSwitch(),
    tokens: createTokens(
      clock,
      { key: options.key ?? DEFAULT_KEY, secret: options.secret ?? DEFAULT_SECRET },
      options.tokensBegin,
    ),
    calls: [],
    origin,
    webhookUrl: options.webhookUrl ?? null,
  }
}
