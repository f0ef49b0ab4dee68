import { parseArgs } from 'node:util'
import { createDatabase, startPostgres } from '../../testing/postgres.ts'
import { stopFigures, stopLimits, stopUnderLoad } from './stop.ts'

const help = `proof stop [--requests 10000]
  tells one of two servers behind a balancer to stop under load, on SQLite and on Postgres`

const { values } = parseArgs({
  options: {
    requests: { type: 'string', default: '10000' },
    help: { type: 'boolean', default: false },
  },
})
const requests = Number(values.requests)

if (values.help || !(requests > 0)) console.log(help)
else process.exitCode = (await broken('SQLite', null)) + (await onPostgres()) === 0 ? 0 : 1

async function broken(engine: string, databaseUrl: string | null): Promise<number> {
  const report = await stopUnderLoad(requests, databaseUrl)
  const sentences = stopLimits(report)
  console.log(`${engine}: ${stopFigures(report)}`)
  for (const sentence of sentences) console.log(`  NOT KEPT: ${sentence}`)
  return sentences.length
}

async function onPostgres(): Promise<number> {
  await using server = await startPostgres({ fsync: true })
  await using database = await createDatabase(server.url)
  return await broken('Postgres', database.url)
}
