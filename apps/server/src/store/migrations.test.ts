import { execFile } from 'node:child_process'
import { cp, mkdtemp, readdir, rm, writeFile } from 'node:fs/promises'
import { join, relative } from 'node:path'
import { fileURLToPath } from 'node:url'
import { promisify } from 'node:util'
import { describe, expect, test } from 'vitest'

const root = fileURLToPath(new URL('../..', import.meta.url))
const drizzleKit = join(root, 'node_modules/.bin/drizzle-kit')

type Dialect = 'sqlite' | 'postgres'
const dialects: readonly Dialect[] = ['sqlite', 'postgres']

/**
 * The files `drizzle-kit generate` would add to the committed migrations of a dialect, once `change` is added to its schema. It works on a copy
 * below node_modules, where a schema finds its imports and no other tool takes the copy for ours.
 */
async function generated(dialect: Dialect, change = ''): Promise<string[]> {
  const folder = await mkdtemp(join(root, 'node_modules/.migrations-'))
  try {
    const [schema, out] = [join(folder, 'schema.ts'), join(folder, 'out')]
    await writeFile(schema, `export * from '../../migrations/${dialect}.schema.ts'\n${change}\n`)
    await cp(join(root, 'migrations', dialect), out, { recursive: true })
    const before = await readdir(out)
    const name = dialect === 'sqlite' ? 'sqlite' : 'postgresql'
    const options = ['--dialect', name, '--schema', relative(root, schema), '--out', relative(root, out)]
    await promisify(execFile)(drizzleKit, ['generate', ...options], { cwd: root })
    return (await readdir(out)).filter((file) => !before.includes(file))
  } finally {
    await rm(folder, { recursive: true })
  }
}

describe('the committed migrations', () => {
  test.each(dialects)(
    '%s: they make exactly the tables of tables.ts; if not, run `pnpm migrations`',
    async (dialect) => {
      expect(await generated(dialect)).toEqual([])
    },
  )

  test.each(dialects)('%s: a table nobody has made a migration for is found out', async (dialect) => {
    const change = `import { ${dialect}Columns as kit } from '../../src/store/columns.ts'
export const extra = kit.table('extra', { id: kit.text('id').primaryKey() })`
    expect(await generated(dialect, change)).toHaveLength(1)
  })
})
