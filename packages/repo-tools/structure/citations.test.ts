import { expect, describe, test } from 'vitest'
import { catalogue } from '../commands/threats.ts'
import { commentsIn, deadCitations, sectionsOf } from './citations.ts'
import { paths, sources, textOf } from './repository.ts'
import type { Comment } from './citations.ts'

const headings = new Map(
  paths.filter((path) => path.endsWith('.md')).map((path) => [path, sectionsOf(textOf(path))]),
)
const repository = { paths, headings, ids: new Set(catalogue().keys()) }

/** Comment lines of settings and styles, the sources that fixtures name, and the cases of the catalogue. */
const otherComments: readonly Comment[][] = paths
  .filter((path) =>
    /\.(?:css|sql|ya?ml|c)$|^\.\w+\.json$|\/fixtures\/[^/]+\.json$|catalogue\.json$/.test(path),
  )
  .map((path) =>
    textOf(path)
      .split('\n')
      .map((text, index) => ({ text, where: `${path}:${index + 1}` }))
      .filter(({ text }) => /^\s*(?:\/\/|\/?\*|#|--|"(?:source|[A-Z]-\d+)":)/.test(text)),
  )

describe('citations', () => {
  test('each citation of a comment leads to a file, a section or a case that exists', () => {
    const files = [...sources.map(commentsIn), ...otherComments]
    expect(files.flatMap((comments) => deadCitations(comments, repository))).toEqual([])
    const comments = files.flat()
    expect(comments.length).toBeGreaterThanOrEqual(2_000)
    expect(comments.filter(({ text }) => text.includes('§')).length).toBeGreaterThanOrEqual(100)
  })

  test('a citation that leads nowhere is reported with its place', () => {
    const text = [
      '// Refused (docs/gateway.md §4.4, §9.9; R-01, S-77).',
      '// See lost.md §2 and journey/gone.ts, not https://example.com/a.md.',
      'export const a = 1',
      '/** As kept.ts does it (DEV opi/auth.md), §1, RFC 9110 §2. */',
    ].join('\n')
    const small = {
      paths: ['docs/gateway.md', 'src/kept.ts'],
      headings: new Map([['docs/gateway.md', sectionsOf('# Facts\n\n## 4 REST\n\n### 4.4 Row\n')]]),
      ids: new Set(['R-01']),
    }
    expect(deadCitations(commentsIn({ path: 'a.ts', text }), small)).toEqual([
      'a.ts:1: docs/gateway.md §9.9',
      'a.ts:1: lost.md',
      'a.ts:1: lost.md §2',
      'a.ts:1: journey/gone.ts',
      'a.ts:1: S-77',
      'a.ts:4: lost.md §1',
    ])
  })
})
