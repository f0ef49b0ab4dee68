import type { World } from './world.ts'

/** Every row of every table: what a refused call must leave exactly as it was (S-19). */
async function everyRow(world: World): Promise<Readonly<Record<string, readonly string[]>>> {
  const { query, tables } = world.deps().store
  const rows: Record<string, string[]> = {}
  for (const [name, table] of Object.entries(tables))
    rows[name] = (await query.select().from(table)).map((row) => JSON.stringify(row)).toSorted()
  return rows
}

/** What there is to be changed: rows, calls to the gateway and to the shop, notices the shop was offered. Waits until what is under way is done. */
export async function everything(world: World) {
  await world.pass(0)
  return {
    rows: await everyRow(world),
    sent: [...world.sent],
    notices: [...world.receiver.attempts],
    gateway: world.gateway.calls().length,
  }
}
