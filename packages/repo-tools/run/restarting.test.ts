import { mkdtempSync, mkdirSync, renameSync, rmSync, utimesSync, writeFileSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { expect, test } from 'vitest'
import { startRestarting } from './restarting.ts'

/** A busy machine needs far less; only a failing test waits this long. */
const safetyMs = 30_000

/** A program in a folder of its own. It imports another source and a package. */
function project() {
  const folder = mkdtempSync(`${tmpdir()}/landfall-restarting-`)
  const write = (path: string, text: string): void => writeFileSync(`${folder}/${path}`, text)
  for (const path of ['src/deep', 'node_modules/other']) mkdirSync(`${folder}/${path}`, { recursive: true })
  write('node_modules/other/package.json', '{"type":"module","exports":"./index.js"}')
  write('node_modules/other/index.js', 'export const other = 1')
  write('package.json', '{"type":"module"}')
  write('src/deep/part.ts', `export const part: string = 'one'`)
  write(
    'src/main.ts',
    `import 'other'\nimport { part } from './deep/part.ts'\nconsole.log(part)\nsetInterval(() => part, 1_000)`,
  )
  const lines: string[] = []
  const running = startRestarting(
    { name: 'program', args: ['src/main.ts'], folder, environment: {}, graceMs: safetyMs },
    [`${folder}/src`],
    (line) => lines.push(line),
  )
  return {
    lines,
    folder,
    write,
    running,
    says: (line: string) => expect.poll(() => lines, { timeout: safetyMs }).toContain(line),
    [Symbol.asyncDispose]: async () => {
      await running.stop()
      rmSync(folder, { recursive: true })
    },
  }
}

test(
  'a changed source restarts the program, also one that an editor replaced',
  { timeout: 3 * safetyMs },
  async () => {
    await using it = project()
    await it.says('one')
    it.write('src/deep/part.ts', `export const part: string = 'two'`)
    await it.says('two')
    it.write('src/deep/part.new', `export const part: string = 'three'`)
    renameSync(`${it.folder}/src/deep/part.new`, `${it.folder}/src/deep/part.ts`)
    await it.says('three')
  },
)

test('packages and tests restart nothing', { timeout: 3 * safetyMs }, async () => {
  await using it = project()
  await it.says('one')
  it.write('node_modules/other/index.js', 'export const other = 2')
  utimesSync(`${it.folder}/node_modules/other/index.js`, 1, 1)
  it.write('src/deep/part.test.ts', '')
  // Had one of those counted, it would be named: the first change of several is.
  it.write('src/deep/part.ts', `export const part: string = 'two'`)
  await it.says('two')
  expect(it.lines).toEqual(['one', 'deep/part.ts has changed: starting again', 'two'])
})

test(
  'a program that fails is told, and starts again after the next change',
  { timeout: 3 * safetyMs },
  async () => {
    await using it = project()
    await it.says('one')
    it.write('src/deep/part.ts', 'throw 1')
    expect(await it.running.failed).toMatchObject({ code: 1 })
    it.write('src/deep/part.ts', `export const part: string = 'mended'`)
    await it.says('mended')
  },
)
