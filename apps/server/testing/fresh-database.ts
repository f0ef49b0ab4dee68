import { mkdtemp, rm } from 'node:fs/promises'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { inject } from 'vitest'
import { createDatabase, type EmptyDatabase } from './postgres.ts'

export type Engine = 'sqlite' | 'postgres'
export const engines: readonly Engine[] = ['sqlite', 'postgres']

/** An empty database of an engine, of this test alone: a file in a folder of its own, or a database on the run's Postgres. */
export async function freshDatabase(engine: Engine): Promise<EmptyDatabase> {
  if (engine === 'postgres') return createDatabase(inject('postgresUrl'))
  const folder = await mkdtemp(join(tmpdir(), 'landfall-test-'))
  return {
    url: `file:${join(folder, 'landfall.db')}`,
    [Symbol.asyncDispose]: () => rm(folder, { recursive: true, force: true }),
  }
}
