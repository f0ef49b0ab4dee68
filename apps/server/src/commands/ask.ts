import type { StoryLanguage } from '@landfall/payment-core/story-words'
import { DatabaseUrl, readDatabaseSettings } from '../config/database-settings.ts'
import { supportAnswer } from '../journey/requests/support-answer.ts'
import { DatabaseUnusable, openForReading } from '../store/engines/open.ts'
import { databaseOfServer, developmentDatabase, startEnvironment } from './start-settings.ts'
import { InvalidArguments, type ExitCode, type Terminal } from './terminal.ts'

/** Tells what happened to an order, and what a person must see to about it. Reads the database and changes nothing. */
export async function ask(
  named: string,
  { lang, database }: { readonly lang?: string; readonly database?: string },
  terminal: Terminal,
): Promise<ExitCode> {
  if (named.trim() === '') throw new InvalidArguments('Name an order.')
  if (lang !== undefined && lang !== 'ko' && lang !== 'en')
    throw new InvalidArguments(`There is no language '${lang}'.`)
  const settings = readDatabaseSettings(startEnvironment(await terminal.environment()))
  if (!settings.ok) throw new InvalidArguments(settings.problem.join('\n'))
  const { databaseUrl, isKorean } = settings.value
  const language: StoryLanguage = lang ?? (isKorean ? 'ko' : 'en')
  const isUsual = database === undefined && databaseUrl === DatabaseUrl.parse(undefined)
  const elsewhere = isUsual ? developmentDatabase(process.cwd()) : null
  const hint = elsewhere === null ? '' : `Orders of npx -y pnpm dev: add --database ${elsewhere}\n`
  try {
    const url = database ?? databaseOfServer(databaseUrl)
    const db = await openForReading(url, (run) => void setImmediate(run))
    try {
      const { text, isFound } = await supportAnswer(db, named.trim(), language)
      terminal[isFound ? 'out' : 'error'](isFound ? text : text + hint)
      return isFound ? 0 : 1
    } finally {
      await db.close()
    }
  } catch (error) {
    if (error instanceof DatabaseUnusable)
      terminal.error(`${error.message}\n--database, or DATABASE_URL, names another one.\n${hint}`)
    else if (isOfAnotherVersion(error))
      terminal.error('The database is of another version of Landfall. Start the server of this one first.\n')
    else throw error
    return 1
  }
}

/** A query fails in this way when another version's server migrated the database last. */
const isOfAnotherVersion = (error: unknown): boolean =>
  error instanceof Error &&
  (/no such (table|column)|(column|relation) .* does not exist/.test(error.message) ||
    isOfAnotherVersion(error.cause))
