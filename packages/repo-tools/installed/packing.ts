// What a shop installs, packed and put into a folder outside the repository, for the oldest Node that is promised.

import { execFile } from 'node:child_process'
import { cpSync, mkdirSync, mkdtempSync, readFileSync, rmSync, writeFileSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { dirname, join } from 'node:path'
import { fileURLToPath } from 'node:url'
import { promisify } from 'node:util'
import { z } from 'zod'

export const root = fileURLToPath(new URL('../../..', import.meta.url))
const OLDEST_NODE = '20.20.2'
const { version } = z
  .object({ version: z.string() })
  .parse(JSON.parse(readFileSync(join(root, 'package.json'), 'utf8')))

const execute = promisify(execFile)
/** Runs a command and returns what it prints. An error has its output. */
export async function run(
  command: string,
  args: readonly string[],
  folder = root,
  path = '',
): Promise<string> {
  const PATH = path === '' ? process.env['PATH'] : `${path}:${process.env['PATH']}`
  const { stdout } = await execute(command, args, { cwd: folder, env: { ...process.env, PATH } })
  return stdout
}

/** Builds and packs both packages into `dist`. */
export async function pack(): Promise<{ readonly client: string; readonly sandbox: string }> {
  await run('npx', ['-y', 'pnpm', 'packages'])
  return {
    client: join(root, `dist/landfall-client-${version}.tgz`),
    sandbox: join(root, `dist/landfall-sandbox-${version}.tgz`),
  }
}

/** The folder of the oldest Node that the packages promise to run on. */
export async function oldestNodeFolder(): Promise<string> {
  const exec = ['exec', '--yes', `--package=node@${OLDEST_NODE}`, '--', 'node', '-p', 'process.execPath']
  return dirname((await run('npm', exec, tmpdir())).trim())
}

export type Project = Disposable & {
  readonly folder: string
  readonly write: (name: string, text: string) => void
}

/** A folder outside the repository, empty or a copy of one of its folders. */
export function createProject(copied: string | null = null): Project {
  const folder = mkdtempSync(join(tmpdir(), 'landfall-shop-'))
  if (copied !== null)
    cpSync(join(root, copied), folder, { recursive: true, filter: (path) => !path.includes('node_modules') })
  return {
    folder,
    write: (name, text) => {
      mkdirSync(dirname(join(folder, name)), { recursive: true })
      writeFileSync(join(folder, name), text)
    },
    [Symbol.dispose]: () => rmSync(folder, { recursive: true, force: true }),
  }
}

/** Installs as npm does for a stranger, with the packed client in place of the path that holds inside the repository. */
export async function install(project: Project, client: string, nodeFolder: string): Promise<void> {
  const manifest = readFileSync(join(project.folder, 'package.json'), 'utf8')
  project.write('package.json', manifest.replaceAll(/file:[^"]*landfall-client[^"]*\.tgz/g, `file:${client}`))
  await run('npm', ['install', '--no-audit', '--no-fund'], project.folder, nodeFolder)
}
