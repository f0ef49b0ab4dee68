// The arrows of ARCHITECTURE.md, held: what may import what, what may be named what, and that every file named is there.

import { describe, expect, test } from 'vitest'
import { parse } from 'yaml'
import { z } from 'zod'
import { checkRooms } from './arrows.ts'
import { missingPaths, pathsNamedIn, variablesExplainedIn, variablesReadIn } from './documents.ts'
import { paths, sources, textOf } from './repository.ts'

describe('the rooms as they are', () => {
  const reading = checkRooms(sources)

  test('every arrow points the right way', () => {
    expect(reading.violations).toEqual([])
  })

  test('enough was read to mean something', () => {
    const { files, edges } = reading
    const least = {
      'packages/payment-core': 12,
      'packages/gateway-sandbox': 6,
      'apps/server': 25,
      'apps/web': 10,
    }
    const tooFew = Object.entries(least).filter(
      ([room, count]) => (new Map(Object.entries(files)).get(room) ?? 0) < count,
    )
    expect(tooFew, JSON.stringify(files)).toEqual([])
    expect(edges).toBeGreaterThanOrEqual(80)
  })
})

describe('the documents', () => {
  test('every file that a document names exists', () => {
    const topFolders = [
      ...new Set(paths.filter((path) => path.includes('/')).map((path) => path.split('/')[0] ?? '')),
    ]
    const namedIn = (path: string): string[] => pathsNamedIn(textOf(path), topFolders)
    const documents = paths.filter((path) => path.endsWith('.md') && !path.startsWith('docs/gateway/'))
    const missing = documents.flatMap((path) =>
      missingPaths(namedIn(path), paths).map((name) => `${path}: ${name}`),
    )
    const kept = missing.filter((name) => !/(?:dist|built|data)\//.test(name))
    expect(kept).toEqual([])
    expect(namedIn('ARCHITECTURE.md').length, 'paths named in ARCHITECTURE.md').toBeGreaterThanOrEqual(15)
  })

  test('.env.example explains every variable the server reads', () => {
    const read = ['environment.ts', 'shop-settings.ts', 'retention-settings.ts'].flatMap((file) =>
      variablesReadIn(textOf(`apps/server/src/config/${file}`)),
    )
    const explained = variablesExplainedIn(textOf('.env.example'))
    expect(read.filter((name) => !explained.includes(name))).toEqual([])
    expect(read.length, 'variables read in environment.ts').toBeGreaterThanOrEqual(15)
  })

  test('a variable nobody explains is found out', () => {
    const config = `const Environment = z.object({ PORT: z.string(), 'ON_LATE': z.string() })\nread(process.env.LOST_ONE)`
    const explained = variablesExplainedIn('# Its port.\nPORT=1\n# ON_LATE=accept\n# A lost_one=1')
    expect(variablesReadIn(config).filter((name) => !explained.includes(name))).toEqual(['LOST_ONE'])
  })

  test('a file that is not there is found out', () => {
    const document = [
      'Doors: `journey/receive/return.ts`, `journey/gone.ts`; `GET /complete`, `text/html`, `Deps`, `apps/server/src/`.',
      '```',
      'apps/server/src/nowhere.ts   what it is',
      '```',
      '[why](docs/decisions/0009-lost.md) and [out](https://example.com/a.md)',
    ].join('\n')
    const named = pathsNamedIn(document, ['apps', 'docs'])
    expect(missingPaths(named, ['apps/server/src/journey/receive/return.ts'])).toEqual([
      'journey/gone.ts',
      'apps/server/src/nowhere.ts',
      'docs/decisions/0009-lost.md',
    ])
  })
})

const server = 'apps/server/src'
const Bad = z.strictObject({
  what: z.string(),
  path: z.string(),
  text: z.string(),
  rules: z.array(z.string()),
})
const bad = z.array(Bad).parse(parse(textOf('packages/repo-tools/structure/bad-sources.yaml')))

describe('what the check would say of bad rooms', () => {
  test.each(bad)('$what', ({ path, text, rules }) => {
    const seen = checkRooms([{ path, text }]).violations.map(({ rule }) => rule)
    expect(seen.sort()).toEqual(rules.sort())
  })

  test('good rooms are left in peace, and counted', () => {
    const good = [
      { path: 'packages/payment-core/src/index.ts', text: `export * from './decide.ts'` },
      { path: 'packages/payment-core/src/decide.ts', text: `import { z } from 'zod'\nexport const a = z` },
      {
        path: 'packages/payment-core/src/decide.test.ts',
        text: `import { test } from 'vitest'\nimport fc from 'fast-check'`,
      },
      {
        path: `${server}/journey/reconcile/reconcile.ts`,
        text: `import '../../store/engines/open.ts'\nimport '../../gateway/http.ts'`,
      },
      {
        path: `${server}/journey/follow-up/execute-refund.ts`,
        text: `import '../../store/engines/open.ts'\nimport type { A } from '../../gateway/http.ts'`,
      },
      { path: `${server}/store/engines/open.ts`, text: `import { a } from '@landfall/payment-core'` },
      { path: `${server}/gateway/http.ts`, text: `import { a } from '@landfall/payment-core'` },
      { path: `${server}/a.test.ts`, text: `import { startSandbox } from '@landfall/gateway-sandbox'` },
      { path: 'apps/server/bench/a.ts', text: `import { startSandbox } from '@landfall/gateway-sandbox'` },
      { path: `${server}/http/trpc/router.ts`, text: `try { go() } catch (error) { tell(error) }` },
      { path: 'apps/web/src/api.ts', text: `import type { AppRouter } from '@landfall/server/router'` },
    ]
    const { violations, files, edges } = checkRooms(good)
    expect(violations).toEqual([])
    expect(files).toEqual({
      'packages/payment-core': 3,
      'packages/gateway-sandbox': 0,
      'packages/client': 0,
      'apps/server': 7,
      'apps/web': 1,
      outside: 0,
    })
    expect(edges).toBe(8)
  })
})
