import { fail, ok, type Result } from '@landfall/payment-core'
import { readFileSync } from 'node:fs'
import { parseEnv } from 'node:util'

export type Variables = Readonly<Record<string, string | undefined>>

/**
 * Adds the variables of the file that ENV_FILE names. A variable of the environment itself takes precedence, as with
 * `node --env-file`. ENV_FILE_NAMES lists the exceptions: `packages/repo-tools/commands/start.ts` copied those from the
 * same file, and the file's current value counts.
 */
export function withEnvFile(environment: Variables): Result<Variables, readonly string[]> {
  const path = (environment['ENV_FILE'] ?? '').trim()
  if (path === '') return ok(environment)
  const fromFile = new Set((environment['ENV_FILE_NAMES'] ?? '').split(/[\s,]+/))
  const own = Object.entries(environment).filter(
    ([name, value]) => value !== undefined && !fromFile.has(name),
  )
  try {
    // With a byte order mark, the first variable would have another name.
    const text = readFileSync(path, 'utf8').replace(/^\uFEFF/, '')
    return ok({ ...parseEnv(text), ...Object.fromEntries(own) })
  } catch (error) {
    const why = error instanceof Error && 'code' in error ? String(error.code) : 'unreadable'
    return fail([`ENV_FILE names a file that cannot be read (${why})`])
  }
}
