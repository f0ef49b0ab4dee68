import { existsSync, readFileSync } from 'node:fs'
import { join, relative, resolve } from 'node:path'
import { fileURLToPath } from 'node:url'
import { parseEnv } from 'node:util'
import type { Variables } from '../config/env-file.ts'

const root = fileURLToPath(new URL('../../../..', import.meta.url))

/** The environment that `npx -y pnpm start` gives the server: production, and ENV_FILE or the `.env` of the repository. */
export function startEnvironment(environment: Variables): Variables {
  const named = (environment['ENV_FILE'] ?? '').trim()
  const usual = join(root, '.env')
  const file = named === '' ? (existsSync(usual) ? usual : '') : resolve(root, named)
  return { NODE_ENV: 'production', ...environment, ENV_FILE: file }
}

/**
 * The environment of `npx -y pnpm start` if there are settings for one. Otherwise that of `npx -y pnpm dev`: the values of
 * `.env.example`, behind what the shell sets.
 */
export function startOrDevelopmentEnvironment(environment: Variables): Variables {
  const started = startEnvironment(environment)
  if (started['ENV_FILE'] !== '') return started
  const example = parseEnv(readFileSync(join(root, '.env.example'), 'utf8'))
  const { PORT, SANDBOX_PORT, ...set } = { ...example, ...environment }
  // Another port moves its address, as in `npx -y pnpm dev`.
  const addresses = {
    PUBLIC_URL: `http://localhost:${PORT}`,
    PORTONE_V1_URL: `http://127.0.0.1:${SANDBOX_PORT}`,
  }
  return { NODE_ENV: 'development', ...set, ...addresses, ...environment }
}

/**
 * The `--database` of what `npx -y pnpm dev` remembers, for a caller in `from`; null if no file is there. A command that looks into
 * the usual database of a start finds none of its orders.
 */
export function developmentDatabase(from: string, folder = root): string | null {
  const path = join(folder, 'data', 'development.db')
  if (!existsSync(path)) return null
  const near = relative(from, path)
  return `file:${near.startsWith('.') ? near : `./${near}`}`
}

/** The server runs in the repository's folder: a relative path in its settings begins there, wherever a command is called. */
export const databaseOfServer = (databaseUrl: string): string =>
  databaseUrl.startsWith('file:')
    ? `file:${resolve(root, databaseUrl.replace(/^file:(\/\/)?/, ''))}`
    : databaseUrl
