import { startSandbox } from '@landfall/gateway-sandbox'
import { spawnSync } from 'node:child_process'
import { mkdirSync, mkdtempSync, readFileSync, rmSync, writeFileSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { openFile } from '../../src/store/engines/sqlite.ts'
import { shop, type Street } from './customers.ts'
import { readTrace, traced, type Call } from './power-trace.ts'
import { seeded } from './seeded.ts'
import { gatewayKeys, startServer, until, type World } from './server-process.ts'
import { freePort } from '../../testing/free-port.ts'
import { openShopBackend } from './shop-backend.ts'
import { weakening } from './weakening.ts'

/** A run of the production server, as the calls it made. */
export type Recording = {
  /** How its files were opened: a recording of other settings says nothing about these. */
  readonly settings: string
  readonly calls: readonly Call[]
}

/** Two lives, because a used file is opened otherwise than a new one; together they commit more than 300 times. */
const LIVES_ORDERS: readonly number[] = [6, 46]
const CUSTOMERS = 3
/** More than a socket gives at once, and than a page. */
const TRACED_TEXT_MAX = 70_000

export const hasStrace = (): boolean => spawnSync('strace', ['-V'], { stdio: 'ignore' }).status === 0

/** What SQLite is and how it is told to write, as the production code opens a file. */
export function settingsNow(): string {
  const folder = mkdtempSync(join(tmpdir(), 'landfall-settings-'))
  try {
    const raw = openFile(join(folder, 'landfall.db'))
    const asked = ['journal_mode', 'synchronous', 'wal_autocheckpoint', 'page_size', 'mmap_size']
    const said = asked.map((name) => `${name} ${String(raw.pragma(name, { simple: true }))}`)
    const version = String(raw.prepare('select sqlite_version()').pluck().get())
    raw.close()
    return [`SQLite ${version}`, ...said].join(', ')
  } finally {
    rmSync(folder, { recursive: true, force: true })
  }
}

type Run = {
  readonly seed: number
  /** At synchronous NORMAL, for the control. */
  readonly weakened: boolean
  /** How many orders each life sells. */
  readonly lives?: readonly number[]
}

/** Sells for a while with the server under strace, stops it, starts it again on the same file and sells more. */
export async function recordRun({ seed, weakened, lives = LIVES_ORDERS }: Run): Promise<Recording> {
  const folder = mkdtempSync(join(tmpdir(), 'landfall-power-'))
  try {
    const disk = join(folder, 'disk')
    mkdirSync(disk)
    const preload = join(folder, 'weakening.cjs')
    writeFileSync(preload, weakening)
    await using gateway = await startSandbox(gatewayKeys)
    await using backend = await openShopBackend(() => false)
    const world: World = {
      folder,
      databaseUrl: `file:${join(disk, 'landfall.db')}`,
      gatewayUrl: gateway.url,
      noticeUrl: backend.url,
    }
    const port = await freePort()
    const promised: Street['promised'] = { orders: new Map(), cancels: new Map() }
    const street = { gateway, urls: [`http://127.0.0.1:${port}`], random: seeded(seed), promised }
    const calls: Call[] = []
    for (const [life, orders] of lives.entries()) {
      const trace = join(folder, `trace-${life}`)
      const settings = weakened ? { NODE_OPTIONS: `--require ${preload}` } : {}
      await live(world, port, { settings, trace, sell: () => sell(street, `life-${life}`, orders) })
      calls.push(...readTrace(readFileSync(trace, 'utf8'), disk))
    }
    return { settings: `${settingsNow()}${weakened ? ', weakened to NORMAL' : ''}`, calls }
  } finally {
    rmSync(folder, { recursive: true, force: true })
  }
}

type Life = {
  readonly settings: Readonly<Record<string, string>>
  readonly trace: string
  readonly sell: () => Promise<void>
}

async function live(world: World, port: number, { settings, trace, sell }: Life): Promise<void> {
  const told = [
    '-f',
    '-qq',
    '-y',
    '-xx',
    '-s',
    String(TRACED_TEXT_MAX),
    '-e',
    `trace=${traced}`,
    '-e',
    'signal=none',
  ]
  await using server = startServer(world, port, settings, ['strace', ...told, '-o', trace])
  if (!(await server.ready())) throw new Error(`the server did not start under strace: ${server.complaint()}`)
  // strace ends when the one it traces does: its only child.
  const child = Number(readFileSync(`/proc/${server.pid}/task/${server.pid}/children`, 'utf8'))
  try {
    await sell()
  } finally {
    process.kill(child, 'SIGTERM')
  }
  await until('the server stops', () => !server.isRunning())
}

/** Customers of every kind, until so many orders are promised; everything they began is brought to its end. */
async function sell(street: Omit<Street, 'isOpen'>, name: string, orders: number): Promise<void> {
  const enough = street.promised.orders.size + orders
  const open = { ...street, isOpen: () => street.promised.orders.size < enough }
  await Promise.all(Array.from({ length: CUSTOMERS }, (_, at) => shop(open, `${name}-${at}`)))
  await street.gateway.settled()
}
