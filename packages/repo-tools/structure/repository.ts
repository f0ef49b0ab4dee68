// The repository as git knows it: what the structure checks read.

import { execFileSync } from 'node:child_process'
import { existsSync, readFileSync } from 'node:fs'
import { fileURLToPath } from 'node:url'
import type { SourceText } from './source.ts'

export const root = fileURLToPath(new URL('../../..', import.meta.url))

/** Tracked files and new files that are not ignored. Generated files are left out. */
export const paths = execFileSync('git', ['ls-files', '--cached', '--others', '--exclude-standard', '-z'], {
  cwd: root,
  encoding: 'utf8',
})
  .split('\0')
  .filter((path) => path !== '' && existsSync(`${root}/${path}`))

export const textOf = (path: string): string => readFileSync(`${root}/${path}`, 'utf8')

export const sources: readonly SourceText[] = paths
  .filter((path) => /\.(?:[mc]?ts|tsx|[mc]?js|jsx)$/.test(path) && !path.endsWith('.d.ts'))
  .map((path) => ({ path, text: textOf(path) }))
