import type { World } from './world.ts'

/** Every row of every table. A refused call must change none of them (S-19). */
async function everyRow(world: World): Promise<Readonly<Record<string, readonly string[]>>> {
  const { query, tables } = world.deps().store
  const rows: Record<string, string[]> = {}
  for (const [name, table] of Object.entries(tables))
    rows[name] = (await query.select().from(table)).map((row) => JSON.stringify(row)).toSorted()
  return rows
}

/** Everything a call can change: rows, outgoing requests, notices and gateway calls. Waits for pending work first. */
export async function everything(world: World) {
  await world.pass(0)
  return {
    rows: await everyRow(world),
    sent: [...world.sent],
    notices: [...world.receiver.attempts],
    gateway: world.gateway.calls().length,
  }
}
