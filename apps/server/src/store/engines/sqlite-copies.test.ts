import { existsSync, mkdtempSync, readFileSync, rmSync, writeFileSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { expect, test } from 'vitest'
import { copyAside } from './sqlite-copies.ts'
import { pathOf } from './sqlite.ts'

test('a file is copied aside as it is, and the copy goes with whoever asked for it', () => {
  const folder = mkdtempSync(join(tmpdir(), 'landfall-copies-'))
  const path = join(folder, 'backup.db')
  writeFileSync(path, 'as it is')
  const copy = copyAside(`file:${path}`)
  expect(readFileSync(pathOf(copy.url), 'utf8')).toBe('as it is')
  copy[Symbol.dispose]()
  expect([existsSync(pathOf(copy.url)), existsSync(path)]).toEqual([false, true])
  rmSync(folder, { recursive: true })
})
