// `pnpm threats`: writes docs/threats.md, which lists the tests of each case of docs/catalogue.json.

import { execFileSync } from 'node:child_process'
import { existsSync, readFileSync, writeFileSync } from 'node:fs'
import { fileURLToPath } from 'node:url'
import { promisesIn, type Promise } from '../structure/promises.ts'

const root = fileURLToPath(new URL('../../..', import.meta.url))
export const threatsPath = `${root}/docs/threats.md`

const groups: Readonly<Record<string, string>> = {
  R: 'The browser’s return',
  W: 'The webhook',
  G: 'Calls to the gateway',
  M: 'Money',
  V: 'Virtual accounts',
  K: 'Concurrency and time',
  C: 'Crash and storage',
  N: 'Notices to the shop',
  O: 'Operator console and merchant API',
  P: 'Page, privacy, logs, configuration',
  D: 'Denial and abuse',
  S: 'What must always hold',
  L: 'What must come about',
}

/** Cases that no test names yet, and why. */
const console = 'the operator’s console is not built'
export const notBuilt: Readonly<Record<string, string>> = {
  'M-03': 'an order’s amount cannot change here (M-04)',
  'C-07': 'to come',
  'C-11': 'to come',
  'O-02': console,
  'O-04': console,
  'O-05': console,
  'O-06': console,
  'O-07': console,
  'O-08': console,
  'O-10': console,
  'S-16': console,
  'L-08': 'measured, not asserted: `npx -y pnpm bench p7`',
}

/** The catalogue, id by id. */
export function catalogue(): Map<string, string> {
  const text = readFileSync(`${root}/docs/catalogue.json`, 'utf8')
  const read: unknown = JSON.parse(text)
  if (read === null || typeof read !== 'object') throw new Error('docs/catalogue.json is no object')
  return new Map(Object.entries(read).map(([id, value]) => [id, String(value)]))
}

/** Every promise of every test git knows or would add. */
export function promises(): Promise[] {
  const paths = execFileSync('git', ['ls-files', '--cached', '--others', '--exclude-standard', '-z'], {
    cwd: root,
    encoding: 'utf8',
  })
    .split('\0')
    .filter((path) => /\.(test|contract|e2e)\.tsx?$/.test(path) && existsSync(`${root}/${path}`))
  return paths.flatMap((path) => promisesIn({ path, text: readFileSync(`${root}/${path}`, 'utf8') }))
}

/** The text docs/threats.md must have. */
export function document(): string {
  const filesOf = Map.groupBy(promises(), ({ id }) => id)
  const lines = [...heading]
  let group = ''
  for (const id of catalogue().keys()) {
    if (!id.startsWith(group) || group === '') {
      group = id.slice(0, 1)
      lines.push('', `## ${groups[group] ?? ''}`, '')
    }
    const files = new Set((filesOf.get(id) ?? []).map(({ path }) => shortPath(path)))
    if (files.size > 0) lines.push(`    ${id} ${byFolder([...files].toSorted()).join(' ')}`)
  }
  const missing = Object.entries(Object.groupBy(Object.keys(notBuilt), (id) => notBuilt[id] ?? ''))
  lines.push('', '## Without a test', '')
  for (const [reason, ids = []] of missing) lines.push(`- ${ids.join(', ')}: ${reason}`)
  return `${lines.join('\n')}\n`
}

const heading = [
  '# Threats and faults, and the tests that cover them',
  '',
  '`docs/catalogue.json` states each case. `npx -y pnpm threats` writes this list from the names of the tests; a test',
  'fails when the list is out of date or a case has no test. Ids are never reused. `server/src/log/{log,log-flood}` stands for',
  '`apps/server/src/log/log.test.ts` and `apps/server/src/log/log-flood.test.ts`.',
]

/** Files of one folder as `folder/{a,b}`. */
function byFolder(files: readonly string[]): string[] {
  const folders = Map.groupBy(files, (file) => file.slice(0, file.lastIndexOf('/')))
  return [...folders].map(([folder, found]) => {
    const names = found.map((file) => file.slice(folder.length + 1))
    return `${folder}/${names.length === 1 ? names[0] : `{${names.join(',')}}`}`
  })
}

const shortPath = (path: string): string =>
  path.replace(/^(?:apps|packages)\//, '').replace(/(?:\.test)?\.tsx?$/, '')

if (process.argv[1] === fileURLToPath(import.meta.url)) {
  writeFileSync(threatsPath, document())
  process.stdout.write('docs/threats.md is written\n')
}
