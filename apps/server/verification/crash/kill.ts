import { startSandbox } from '@landfall/gateway-sandbox'
import { mkdtempSync, rmSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { setTimeout as pause } from 'node:timers/promises'
import { disagreements, readBooks, type Witnesses } from './books.ts'
import { buildServers } from './built-servers.ts'
import { shop, type Street } from './customers.ts'
import { KilledServers, nothingYet, type End, type Tally } from './killed-servers.ts'
import { everyPoint, type Point } from './points.ts'
import { seeded } from './seeded.ts'
import { gatewayKeys, SAFETY_NET_MS, type World } from './server-process.ts'
import { freePort } from '../../testing/free-port.ts'
import { openShopBackend } from './shop-backend.ts'

export type KillOptions = {
  readonly cycles: number
  readonly seed: number
  /** Null: an SQLite file of its own, removed at the end. */
  readonly databaseUrl: string | null
  /** How lives end: at random, at points, or one half so and the other so. */
  readonly ends: readonly End[]
  /** How many of the kills must be at each of those points. */
  readonly eachPoint: number
  readonly progress: (done: number, text: string) => void
  readonly signal: AbortSignal
}

export type KillReport = Omit<Tally, 'unexpected'> & {
  readonly orders: number
  readonly payments: number
  readonly webhooksAcknowledged: number
  readonly webhooksLost: number
  readonly noticesHeard: number
  readonly repeats: number
  /** From the first start to the last kill, and from there to books that agree. */
  readonly seconds: number
  readonly healedSeconds: number
  readonly disagreements: readonly string[]
}

const SERVERS = 2
const CUSTOMERS = 8

/**
 * Real server processes on one database, killed at random moments and at named points under mixed load; afterwards our books, the gateway's and
 * the receiver's are compared to the won (C-01 … C-04). The same seed makes the same customers and the same intentions to kill; the machine does
 * the rest. An interrupted run leaves nothing behind and throws.
 */
export async function proveKills(options: KillOptions): Promise<KillReport> {
  const folder = mkdtempSync(join(tmpdir(), 'landfall-kill-'))
  try {
    using built = await buildServers(options.signal)
    const random = seeded(options.seed)
    await using gateway = await startSandbox(gatewayKeys)
    await using backend = await openShopBackend(() => random() < 0.02)
    const databaseUrl = options.databaseUrl ?? `file:${join(folder, 'landfall.db')}`
    const world: World = { folder, databaseUrl, gatewayUrl: gateway.url, noticeUrl: backend.url }
    const ports = await Promise.all(Array.from({ length: SERVERS }, freePort))
    const tally = nothingYet()
    await using servers = new KilledServers(world, built, ports, random, tally)
    const urls = ports.map((port) => `http://127.0.0.1:${port}`)
    const { promised, seconds, endedAtMs } = await tormented(options, servers, tally, {
      gateway,
      urls,
      random,
    })
    await gateway.settled()
    const witnesses = { gateway, told: backend.told, promised }
    const wrong = await agree(databaseUrl, witnesses, options.signal)
    const healedSeconds = (Date.now() - endedAtMs) / 1000
    if (backend.forged() > 0) wrong.push('notices with a wrong signature')
    const { unexpected, ...met } = tally
    const disagree = [...unexpected, ...wrong]
    return { ...met, ...cameOf(witnesses), seconds, healedSeconds, disagreements: disagree }
  } finally {
    rmSync(folder, { recursive: true, force: true })
  }
}

/** Customers come and servers die, until it is enough; then both servers live, and whoever is under way finishes. */
async function tormented(
  options: KillOptions,
  servers: KilledServers,
  tally: Tally,
  where: Pick<Street, 'gateway' | 'urls' | 'random'>,
): Promise<{ promised: Street['promised']; seconds: number; endedAtMs: number }> {
  const { seed, signal, ends, progress } = options
  const isOver = (): boolean => signal.aborted || tally.unexpected.length > 0 || isEnough(tally, options)
  const promised: Street['promised'] = { orders: new Map(), cancels: new Map() }
  const street: Street = { ...where, promised, isOpen: () => !isOver(), signal }
  signal.addEventListener('abort', () => servers.end(), { once: true })
  const startedAtMs = Date.now()
  await servers.compile()
  const customers = Array.from({ length: CUSTOMERS }, (_, at) => shop(street, `s${seed}-c${at}`))
  const torment = async (): Promise<number> => {
    await servers.torment(ends, isOver, () =>
      progress(tally.kills, `${promised.orders.size} orders, ${tellPoints(tally.atPoints)}`),
    )
    const endedAtMs = Date.now()
    if (!signal.aborted) await servers.heal()
    return endedAtMs
  }
  const [endedAtMs] = await Promise.all([torment(), ...customers])
  signal.throwIfAborted()
  return { promised, endedAtMs, seconds: (endedAtMs - startedAtMs) / 1000 }
}

export const tellPoints = (atPoints: Readonly<Record<Point, number>>): string =>
  everyPoint.map((point) => `${atPoints[point]} ${point}`).join(', ')

function isEnough({ kills, atPoints }: Tally, { cycles, ends, eachPoint }: KillOptions): boolean {
  return kills >= cycles && everyPoint.every((point) => !ends.includes(point) || atPoints[point] >= eachPoint)
}

/** What was met on the way: a run in which nothing was lost and nothing killed proves nothing. */
function cameOf({ gateway, told, promised }: Witnesses) {
  const answered = gateway.webhooks()
  const ids = new Set(told.map(({ id }) => id))
  return {
    orders: promised.orders.size,
    payments: gateway.payments().length,
    webhooksAcknowledged: answered.filter((each) => each.status === 200).length,
    webhooksLost: answered.filter((each) => each.status !== 200).length,
    noticesHeard: ids.size,
    repeats: told.length - ids.size,
  }
}

/** Compares until nothing disagrees any more; what never heals is the answer. That a minute suffices is shown in simulated time (L-02). */
async function agree(databaseUrl: string, witnesses: Witnesses, signal: AbortSignal): Promise<string[]> {
  for (const giveUpAtMs = Date.now() + SAFETY_NET_MS; ; await pause(500)) {
    const wrong = disagreements(await readBooks(databaseUrl), witnesses)
    signal.throwIfAborted()
    if (wrong.length === 0 || Date.now() > giveUpAtMs) return wrong
  }
}
