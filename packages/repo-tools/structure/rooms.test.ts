// The arrows of ARCHITECTURE.md, held: what may import what, what may be named what, and that every file named is there.

import { describe, expect, test } from 'vitest'
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
const zodOnly = 'payment-core imports zod and its own files only'
const oneWay = 'inside the server the arrows point one way'
const noApp = 'nothing imports an app, but the web the type of the router'
const frontDoor = 'a room is entered through its front door'
const testsOnly = 'only tests and benchmarks of the server and the web import the sandbox'
const swallowed = 'catch only where there is something to do'
const everyTest = 'every test runs every time'

/** One bad source each, the rules it breaks, and nothing but those. */
const bad: [what: string, path: string, text: string, rules: string[]][] = [
  ['the core imports node', 'packages/payment-core/src/a.ts', `import 'node:fs'`, [zodOnly]],
  ['the core imports a part of zod', 'packages/payment-core/src/a.ts', `import z from 'zod/mini'`, [zodOnly]],
  [
    'the core leaves its src',
    'packages/payment-core/src/a.ts',
    `export * from '../fixtures/b.ts'`,
    [zodOnly],
  ],
  [
    'the core imports a type',
    'packages/payment-core/src/a.ts',
    `export type A = import('hono').Hono`,
    [zodOnly],
  ],
  [
    'the core imports late',
    'packages/payment-core/src/a.ts',
    `export const a = await import('undici')`,
    [zodOnly],
  ],
  [
    'a core test imports the sandbox by path',
    'packages/payment-core/src/a.test.ts',
    `import '../../gateway-sandbox/src/api.ts'`,
    ['payment-core imports no other room', frontDoor],
  ],
  [
    'the store imports the gateway',
    `${server}/store/a.ts`,
    `import { a } from '../gateway/http.ts'`,
    [oneWay],
  ],
  [
    'the gateway imports a type of the store',
    `${server}/gateway/a.ts`,
    `import type { A } from '../store/engines/open.ts'`,
    [oneWay],
  ],
  [
    'the gateway imports the journey',
    `${server}/gateway/a.ts`,
    `import { a } from '../journey/follow-up/work.ts'`,
    [oneWay],
  ],
  [
    'the store imports a procedure',
    `${server}/store/a.ts`,
    `import { a } from '../http/trpc/router.ts'`,
    [oneWay],
  ],
  [
    'the journey imports the routes',
    `${server}/journey/a.ts`,
    `import { a } from '../http/app.ts'`,
    [oneWay],
  ],
  [
    'execute-refund.ts uses both',
    `${server}/journey/follow-up/execute-refund.ts`,
    `import { a } from '../../store/engines/open.ts'\nimport { b } from '../../gateway/http.ts'`,
    ['only reconcile.ts sees both store and gateway'],
  ],
  [
    'the server imports the sandbox',
    `${server}/deps.ts`,
    `import { startSandbox } from '@landfall/gateway-sandbox'`,
    [testsOnly],
  ],
  [
    'the sandbox imports the server',
    'packages/gateway-sandbox/src/a.ts',
    `import type { A } from '@landfall/server/router'`,
    [noApp],
  ],
  [
    'the web imports the server',
    'apps/web/src/a.ts',
    `import { appRouter } from '@landfall/server/router'`,
    [noApp],
  ],
  [
    'the web imports a type in passing',
    'apps/web/src/a.ts',
    `import { type AppRouter } from '@landfall/server/router'`,
    [noApp],
  ],
  [
    'the web imports a file of the server',
    'apps/web/src/a.ts',
    `import type { A } from '../../server/src/http/app.ts'`,
    [frontDoor],
  ],
  [
    'the client imports the core',
    'packages/client/src/a.ts',
    `import type { A } from '@landfall/payment-core'`,
    ['what a shop installs imports no room'],
  ],
  [
    'the server imports the web',
    `${server}/http/page.ts`,
    `import '../../../web/src/main.tsx'`,
    [frontDoor, noApp],
  ],
  [
    'a script imports an app',
    'packages/repo-tools/commands/a.ts',
    `import '../../../apps/server/src/main.ts'`,
    [frontDoor, noApp],
  ],
  [
    'the server goes round the front door',
    `${server}/a.ts`,
    `import { a } from '@landfall/payment-core/src/decide.ts'`,
    [frontDoor],
  ],
  ['a file named utils', `${server}/utils.ts`, `export const a = 1`, ['shared means it has a name']],
  ['a folder named shared', 'apps/web/src/shared/a.ts', `export const a = 1`, ['shared means it has a name']],
  ['an empty catch', `${server}/http/app.ts`, `try { go() } catch { /* never mind */ }`, [swallowed]],
  ['a promise silenced', `${server}/http/app.ts`, `go().catch(() => undefined)`, [swallowed]],
  ['a test skipped on a condition', `${server}/a.test.ts`, `test.skipIf(slow)('a', () => {})`, [everyTest]],
  ['a test skipped by option', `${server}/a.test.ts`, `test('a', { skip: true }, () => {})`, [everyTest]],
  ['a test skipping itself', `${server}/a.test.ts`, `test('a', (context) => context.skip())`, [everyTest]],
  [
    'the linter silenced',
    `${server}/http/app.ts`,
    `// oxlint-disable-next-line no-console\nexport const a = 1`,
    ['no comment switches a check off'],
  ],
  ['a source that does not parse', `${server}/http/app.ts`, `export const = 1`, ['every source parses']],
]

describe('what the check would say of bad rooms', () => {
  test.each(bad)('%s', (_what, path, text, rules) => {
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
