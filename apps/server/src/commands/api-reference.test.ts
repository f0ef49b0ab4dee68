import { readFileSync } from 'node:fs'
import { expect, test } from 'vitest'
import { openApiDocument } from '../http/rest/openapi/document.ts'
import { markdownOf } from '../http/rest/openapi/markdown.ts'
import { rows } from '../http/rest/rows.ts'

const page = new URL('../../../../docs/api.md', import.meta.url)

test('docs/api.md is up to date: run «npx -y pnpm api»', () => {
  expect(readFileSync(page, 'utf8')).toBe(markdownOf(openApiDocument()))
})

test('docs/api.md has each row with a command to try it', () => {
  const text = readFileSync(page, 'utf8')
  for (const { method, path } of rows) {
    const [, section = ''] = text.split(`## ${method} ${path}\n`)
    expect([path, section.split('\n## ')[0]]).toEqual([
      path,
      expect.stringMatching(/```sh\ncurl [^]*"\$LANDFALL\/v1\//),
    ])
  }
})
