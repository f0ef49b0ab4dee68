import { eq, inArray, lt, sql } from 'drizzle-orm'
import type { Database, Write } from './engines/open.ts'
import { statement, writeStatement } from './engines/statement.ts'
import type { Tables } from './tables.ts'

type MessageRow = Tables['messages']['$inferSelect']

const selectOne = statement<{ messageId: string }, MessageRow>((query, { messages }, param) =>
  query
    .select()
    .from(messages)
    .where(eq(messages.messageId, param('messageId'))),
)

/** Whether a webhook of this id was stored before. */
export const isMessageKnown = async (db: Database, messageId: string): Promise<boolean> =>
  (await selectOne.rows(db, { messageId })).length > 0

const insertOne = writeStatement<MessageRow>((query, { messages }, param) =>
  query
    .insert(messages)
    .values({ messageId: param('messageId'), atMs: param('atMs') })
    .onConflictDoUpdate({ target: messages.messageId, set: { atMs: param('atMs') } }),
)

/** Remembers a webhook, in the commit that stores its effect or later: sooner, a crash would lose the effect. */
export const messageWrite = (db: Database, messageId: string, atMs: number): Write =>
  insertOne.write(db, { messageId, atMs })

/** Remembers a webhook whose effect is stored. */
export async function rememberMessage(db: Database, messageId: string, atMs: number): Promise<void> {
  await db.atomically([messageWrite(db, messageId, atMs)])
}

const selectOld = statement<{ beforeMs: number; limit: number }, { id: string }>(
  (query, { messages }, param) =>
    query
      .select({ id: messages.messageId })
      .from(messages)
      .where(lt(messages.atMs, param('beforeMs')))
      .limit(sql.placeholder('limit')),
)

/** Deletes up to `limit` ids that came before `beforeMs` (epoch ms), and returns their number (D-04). */
export async function deleteOldMessages(db: Database, beforeMs: number, limit: number): Promise<number> {
  const { messages } = db.tables
  const ids = (await selectOld.rows(db, { beforeMs, limit })).map(({ id }) => id)
  if (ids.length > 0)
    await db.atomically([(query) => query.delete(messages).where(inArray(messages.messageId, ids))])
  return ids.length
}
