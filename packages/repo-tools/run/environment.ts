// The environment of a development run: what the shell sets, else what follows from the ports, else .env.example.

import { readFileSync } from 'node:fs'
import { parseEnv } from 'node:util'

export type Environment = Record<string, string>
export type Ports = { web: number; server: number; sandbox: number; sandboxV2: number; shop: number }

export const portNames = {
  web: 'WEB_PORT',
  server: 'PORT',
  sandbox: 'SANDBOX_PORT',
  sandboxV2: 'SANDBOX_V2_PORT',
  shop: 'SHOP_PORT',
} as const satisfies Record<keyof Ports, string>

export function exampleEnvironment(root: string): Environment {
  return setIn(parseEnv(readFileSync(`${root}/.env.example`, 'utf8')))
}

/** The ports asked for, or the sentence that says which is none. */
export function portsOf(environment: Environment): Ports | string {
  const ports: Ports = { web: 0, server: 0, sandbox: 0, sandboxV2: 0, shop: 0 }
  const taken = new Map<number, string>()
  for (const part of ['web', 'server', 'sandbox', 'sandboxV2', 'shop'] as const) {
    const name = portNames[part]
    const value = environment[name] ?? ''
    const port = Number(value)
    if (!/^\d{1,5}$/.test(value) || port < 1 || port > 65_535)
      return `${name} is «${value}»: a port is a number from 1 to 65535.`
    const other = taken.get(port)
    if (other !== undefined) return `${other} and ${name} are both ${port}: give one of them another port.`
    taken.set(port, name)
    ports[part] = port
  }
  return ports
}

/** Every address that names a port, so that another port moves them all. */
export function addressesFor(ports: Ports): Environment {
  return {
    PUBLIC_URL: `http://localhost:${ports.server}`,
    WEB_URL: `http://localhost:${ports.web}`,
    SHOP_URL: `http://localhost:${ports.shop}/`,
    NOTIFY_URL: `http://127.0.0.1:${ports.shop}/landfall`,
    PORTONE_V1_URL: `http://127.0.0.1:${ports.sandbox}`,
    PORTONE_V1_SDK_URL: `http://localhost:${ports.sandbox}/v1/iamport.js`,
    PORTONE_V2_URL: `http://127.0.0.1:${ports.sandboxV2}`,
    SANDBOX_WEBHOOK_URL: `http://127.0.0.1:${ports.server}/webhooks/portone`,
  }
}

/** What the example shop reads besides: where Landfall and V2's browser script are, one of its keys, and the key of the shop's staff. */
export function shopEnvironment(root: string, landfall: Environment): Environment {
  const own = setIn(parseEnv(readFileSync(`${root}/examples/development.env`, 'utf8')))
  const v2 = landfall['PORTONE_V2_URL'] ?? ''
  const PORTONE_V2_SDK_URL = `${v2.replace('127.0.0.1', 'localhost')}/v2/browser-sdk.js`
  return { ...own, ...landfall, PORTONE_V2_SDK_URL, LANDFALL_URL: landfall['PUBLIC_URL'] ?? '' }
}

/** Without the variables that are not set: a later spread must not undo an earlier one. */
export function setIn(environment: Record<string, string | undefined>): Environment {
  const set: Environment = {}
  for (const [name, value] of Object.entries(environment)) if (value !== undefined) set[name] = value
  return set
}
