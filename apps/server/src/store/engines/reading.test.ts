import { expect, test } from 'vitest'
import { engines, freshDatabase } from '../../../testing/fresh-database.ts'
import { openDatabase, openForReading } from './open.ts'
import { anOrder, nowMs } from '../fixtures.contract.ts'
import { insertOrder, readOrder } from '../orders.ts'

test.for(engines)('a database opened for reading accepts no write (%s)', async (engine) => {
  await using database = await freshDatabase(engine)
  const defer = (run: () => void): void => void setImmediate(run)
  const [writer, reader] = [
    await openDatabase(database.url, defer),
    await openForReading(database.url, defer),
  ]
  await insertOrder(writer, anOrder('ord-1'), nowMs)
  expect((await readOrder(reader, 'ord-1'))?.order.orderId).toBe('ord-1')
  await expect(insertOrder(reader, anOrder('ord-2'), nowMs)).rejects.toThrow(/read.?only/i)
  expect(await readOrder(reader, 'ord-2')).toBe(null)
  await Promise.all([writer.close(), reader.close()])
})
