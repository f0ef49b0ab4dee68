import type { StoryLanguage } from '@landfall/payment-core/story-words'
import { fileURLToPath } from 'node:url'
import { readDatabaseSettings } from '../config/database-settings.ts'
import { environment as variables } from '../config/config.ts'
import { existingFile } from '../config/env-file.ts'
import { supportAnswer } from '../journey/requests/support-answer.ts'
import { DatabaseUnusable, openForReading } from '../store/engines/open.ts'
import { parseCommandLine, exitWithUsage } from './command-line.ts'

const usage = `Tells what happened to an order, and what a person must see to about it.

  pnpm ask <order id, payment id, or a string of its reference> [--lang ko|en] [--database <address>]

Where pnpm is not installed, write npx -y pnpm. It reads the database that DATABASE_URL names, in the environment or in
the file that the server is started with, and changes nothing. It needs no secrets, and no server that runs.
`

const { values, positionals } = parseCommandLine(usage, {
  lang: { type: 'string' },
  database: { type: 'string' },
})
const [named = '', ...more] = positionals
const { lang, database } = values
if (named.trim() === '' || more.length > 0) exitWithUsage(usage)
if (lang !== undefined && lang !== 'ko' && lang !== 'en')
  exitWithUsage(usage, `There is no language '${lang}'.`)

const usualFile = fileURLToPath(new URL('../../../../.env', import.meta.url))
const environment = readDatabaseSettings(existingFile(usualFile), variables)
if (!environment.ok) exitWithUsage(usage, environment.problem.join('\n'))
const { databaseUrl, isKorean } = environment.value
const language: StoryLanguage = lang ?? (isKorean ? 'ko' : 'en')

/** A query fails in this way when another version's server migrated the database last. */
const isOfAnotherVersion = (error: unknown): boolean =>
  error instanceof Error &&
  (/no such (table|column)|(column|relation) .* does not exist/.test(error.message) ||
    isOfAnotherVersion(error.cause))

try {
  const db = await openForReading(database ?? databaseUrl, (run) => void setImmediate(run))
  try {
    const { text, isFound } = await supportAnswer(db, named.trim(), language)
    if (isFound) process.stdout.write(text)
    else process.stderr.write(text)
    if (!isFound) process.exitCode = 1
  } finally {
    await db.close()
  }
} catch (error) {
  if (error instanceof DatabaseUnusable)
    process.stderr.write(`${error.message}\n--database, or DATABASE_URL, names another one.\n`)
  else if (isOfAnotherVersion(error))
    process.stderr.write(
      'The database is of another version of Landfall. Start the server of this one first.\n',
    )
  else throw error
  process.exitCode = 1
}
