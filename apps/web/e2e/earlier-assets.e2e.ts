import { mkdir, mkdtemp, readdir, readFile, rm, writeFile } from 'node:fs/promises'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { expect, test } from 'vitest'
import { keepEarlierAssets } from '../build/earlier-assets.ts'

const DAY_MS = 24 * 3_600_000

test('P-10: a build keeps the assets of the builds before it for a day', async () => {
  const folder = await mkdtemp(join(tmpdir(), 'landfall-earlier-'))
  const root = join(folder, 'dist')
  const build = async (nowMs: number, names: readonly string[]): Promise<string[]> => {
    await keepEarlierAssets(root, nowMs)
    await rm(root, { recursive: true, force: true })
    await mkdir(join(root, 'assets'), { recursive: true })
    for (const name of names) await writeFile(join(root, 'assets', name), name)
    return (await readdir(join(`${root}-earlier`, 'assets'))).toSorted()
  }
  const nowMs = Date.UTC(2026, 10, 2)
  expect(await build(nowMs, ['a-1.js', 'b-1.js'])).toEqual([])
  expect(await build(nowMs + DAY_MS, ['a-2.js', 'b-1.js'])).toEqual(['a-1.js', 'b-1.js'])
  expect(await readFile(join(`${root}-earlier`, 'assets/a-1.js'), 'utf8')).toBe('a-1.js')
  expect(await build(nowMs + 2 * DAY_MS, ['a-3.js', 'b-1.js'])).toEqual(['a-1.js', 'a-2.js', 'b-1.js'])
  // `a-1` was replaced two days ago. `b-1` is in use still.
  expect(await build(nowMs + 2 * DAY_MS + 1, ['a-4.js'])).toEqual(['a-2.js', 'a-3.js', 'b-1.js'])
  await rm(folder, { recursive: true })
})
