import { fail, GatewayName, type GatewayProblem } from '@landfall/payment-core'
import type { GatewaySettings } from '../config/gateway-settings.ts'
import type { Log } from '../log/log.ts'
import type { Gateway } from './gateway.ts'
import type { Http } from './http.ts'
import { changedLimits } from './portone-v1/list.ts'
import { portoneV1 } from './portone-v1/client.ts'
import { portoneV2 } from './portone-v2/client.ts'

/** The configured gateways, one for each protocol. */
export type Gateways = {
  /** The configured protocols. The first is that of orders which name none. */
  readonly names: readonly GatewayName[]
  /** The gateway that answers for a protocol. */
  readonly of: (name: GatewayName) => Gateway
  /** Its name. A shop that has moved to V2 alone asks V2 about V1's orders and payments; null when no configured gateway can tell. */
  readonly answering: (name: GatewayName) => GatewayName | null
}

/** What opens a gateway, besides its own settings. */
export type GatewayMeans = {
  readonly http: Http
  /** A monotonic clock. */
  readonly nowMs: () => number
  readonly log: Pick<Log, 'warn'>
}

type GatewaysConfig = {
  readonly gateways: GatewaySettings
  readonly lookupTimeoutMs: number
  readonly cancelTimeoutMs: number
}

/** How each protocol is opened; null for one that is not configured. */
const openings: Readonly<
  Record<GatewayName, (settings: GatewaysConfig, means: GatewayMeans) => Gateway | null>
> = {
  'portone-v1': ({ gateways, ...limits }, { http, nowMs }) => {
    const settings = gateways['portone-v1']
    return settings === null ? null : portoneV1({ ...settings, ...limits }, http, nowMs)
  },
  'portone-v2': ({ gateways, ...limits }, { http, nowMs, log }) => {
    const settings = gateways['portone-v2']
    return settings === null ? null : portoneV2({ ...settings, ...limits }, http, nowMs, log)
  },
}

/** Opens the gateways that are configured. */
export const openGateways = (settings: GatewaysConfig, means: GatewayMeans): Gateways =>
  gatewaysOf(
    GatewayName.options.flatMap((name) => {
      const gateway = openings[name](settings, means)
      return gateway === null ? [] : [[name, gateway] as const]
    }),
  )

/** The gateways by name, V1 first. */
export function gatewaysOf(opened: ReadonlyArray<readonly [GatewayName, Gateway]>): Gateways {
  const byName = new Map(opened)
  const answering = (name: GatewayName): GatewayName | null => {
    if (byName.has(name)) return name
    // V2's look-ups see V1's payments. Whether V1's see V2's is not known, and a payment that is not seen would count as none.
    return name === 'portone-v1' && byName.has('portone-v2') ? 'portone-v2' : null
  }
  return {
    names: opened.map(([name]) => name),
    of: (name) => byName.get(answering(name) ?? name) ?? notConfigured(name),
    answering,
  }
}

/** The same gateways, each changed. */
export const mapGateways = (
  { names, of }: Gateways,
  change: (gateway: Gateway, name: GatewayName) => Gateway,
): Gateways => gatewaysOf(names.map((name) => [name, change(of(name), name)] as const))

/** Concludes nothing about the orders of a protocol that is not configured any more (S-20). */
function notConfigured(name: GatewayName): Gateway {
  const problem: GatewayProblem = { kind: 'gateway_unreachable', cause: `${name} is not configured` }
  const read = async () => fail(problem)
  const write = async () => ({ kind: 'not_sent', problem }) as const
  return {
    callsPerLookup: 1,
    checkKey: read,
    lookup: read,
    changed: read,
    fixAmount: read,
    fixedAmount: read,
    cancel: write,
    closeAccount: write,
    confirm: null,
    changedLimits,
  }
}
