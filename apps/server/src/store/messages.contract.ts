import { describe, expect, test } from 'vitest'
import { nowMs, type OpenedStore } from './fixtures.contract.ts'
import { deleteOldMessages, isMessageKnown, rememberMessage } from './messages.ts'

/** What every engine promises about the ids of signed webhooks. */
export function messagesContract(engine: string, open: () => Promise<OpenedStore>): void {
  describe(`${engine}: the ids of signed webhooks`, () => {
    test('W-11, D-04: an id is known once it is remembered, however often, and forgotten with its age', async () => {
      await using store = await open()
      const db = await store.connect()
      expect(await isMessageKnown(db, 'msg_1')).toBe(false)
      await Promise.all([1, 2, 3].map(() => rememberMessage(db, 'msg_1', nowMs)))
      await rememberMessage(db, 'msg_2', nowMs + 1)
      expect(await isMessageKnown(db, 'msg_1')).toBe(true)
      expect(await isMessageKnown(db, 'MSG_1')).toBe(false)
      expect(await deleteOldMessages(db, nowMs, 9)).toBe(0)
      expect(await deleteOldMessages(db, nowMs + 2, 1)).toBe(1)
      expect(await deleteOldMessages(db, nowMs + 2, 9)).toBe(1)
      expect(await isMessageKnown(db, 'msg_2')).toBe(false)
    })
  })
}
