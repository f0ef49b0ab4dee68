import { fail, ok, type Result } from '@landfall/payment-core'
import { z } from 'zod'
import { withEnvFile, type Variables } from './env-file.ts'

export const DatabaseUrl = z
  .string()
  .refine(
    (value) =>
      value.startsWith('file:')
        ? /^file:(\/\/)?.*[^/]$/.test(value)
        : /^postgres(ql)?:\/\//.test(value) && URL.canParse(value),
    'is neither a file: nor a postgres:// address',
  )
  .default('file:./data/landfall.db')

/** Reads the settings of a command that needs the database alone: it needs no secrets. */
export function readDatabaseSettings(
  environment: Variables,
): Result<{ readonly databaseUrl: string; readonly isKorean: boolean }, readonly string[]> {
  const variables = withEnvFile(environment)
  if (!variables.ok) return variables
  const url = (variables.value['DATABASE_URL'] ?? '').trim() || undefined
  const read = DatabaseUrl.safeParse(url)
  if (!read.success) return fail([`DATABASE_URL ${read.error.issues[0]?.message ?? ''}`])
  const { LC_ALL: all, LC_MESSAGES: messages, LANG: language } = environment
  return ok({
    databaseUrl: read.data,
    isKorean: /^ko/i.test((all ?? '') || (messages ?? '') || (language ?? '')),
  })
}
