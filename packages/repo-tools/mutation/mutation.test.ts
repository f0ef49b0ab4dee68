import { existsSync, readFileSync } from 'node:fs'
import { describe, expect, test } from 'vitest'
import { isDrawn, million } from './draw.ts'
import { readExplained, type Explained } from './explained.ts'
import { judge, originalAt, type Tried } from './judge.ts'
import { changedFiles, codeOf, filesOf } from './recorded.ts'
import { root, rooms } from './rooms.ts'

const mutant = (status: string, changed: Partial<Tried> = {}): Tried => ({
  file: 'a.ts',
  line: 3,
  lineText: 'return a < b',
  original: 'a < b',
  replacement: 'a <= b',
  kind: 'EqualityOperator',
  status,
  isStatic: false,
  ...changed,
})
const explained: Explained = {
  file: 'a.ts',
  line: 'return a < b',
  original: 'a < b',
  replacement: 'a <= b',
  why: 'They are never the same here.',
}

describe('a room', () => {
  test.each(rooms)('$name mutates sources alone, and enough of them to mean something', (room) => {
    const files = filesOf(room)
    expect(files.length).toBeGreaterThanOrEqual(20)
    expect(files.filter((file) => /\.(?:test|contract)\.ts$/.test(file))).toEqual([])
    for (const file of room.withoutLogic) expect(files).toContain(file)
    expect(existsSync(`${root}${room.settings}`)).toBe(true)
  })

  test('a comment, a line break and the place of an import change no code; everything else does', () => {
    const source = "import { a } from './a.ts'\n/** What b is. */\nexport const b = a + 1 // one more\n"
    const alike = "import { a } from '../else/a.ts'\nexport const b =\n  a + 1\n"
    expect(codeOf(alike)).toBe(codeOf(source))
    for (const other of [
      'export const b = a + 2',
      'export const c = a + 1',
      "export const b = '// one more'",
    ])
      expect(codeOf(other)).not.toBe(codeOf(source))
  })

  test.each(rooms)('$name: no file counts as changed that the recorded run has seen', (room) => {
    const recorded = JSON.parse(readFileSync(`${root}packages/repo-tools/mutation/recorded.json`, 'utf8'))
    const changed = changedFiles(room)
    for (const file of filesOf(room))
      if (recorded[room.name]?.[file] === undefined) expect(changed).toContain(file)
    for (const file of changed) expect(filesOf(room)).toContain(file)
  })
})

describe('the judgement', () => {
  test('counts a mutant that no test reaches among the living, and one that cannot be loaded nowhere', () => {
    const tried = ['Killed', 'Killed', 'Timeout', 'Survived', 'NoCoverage', 'RuntimeError'].map((status) =>
      mutant(status),
    )
    expect(judge(tried, [], [])).toMatchObject({ killed: 2, timedOut: 1, alive: 2, invalid: 1, score: 60 })
  })

  test('tells both scores: the living all counted, and without those that are explained', () => {
    const other = mutant('Survived', { lineText: 'return a < b // elsewhere' })
    const { score, scoreOfOthers, unexplained } = judge(
      [mutant('Killed'), mutant('Survived'), other],
      [explained],
      [],
    )
    expect([score, scoreOfOthers]).toEqual([100 / 3, 50])
    expect(unexplained).toEqual([other])
  })

  test.each(['file', 'line', 'original', 'replacement'] as const)(
    'an explanation speaks of no mutant with another %s',
    (field) => {
      const { unexplained } = judge([mutant('Survived')], [{ ...explained, [field]: 'another' }], [])
      expect(unexplained).toHaveLength(1)
    },
  )

  test('an explanation is stale when its mutant is killed, or is no more', () => {
    expect(judge([mutant('Survived')], [explained], [explained]).stale).toEqual([])
    expect(judge([mutant('Killed')], [explained], [explained]).stale).toEqual([explained])
    expect(judge([], [explained], [explained]).stale).toEqual([explained])
  })

  test('of nothing tried the score is nothing', () => {
    expect(judge([], [], []).score).toBe(0)
  })
})

test('the original is what stands between two places, over lines too', () => {
  const text = 'one {\n  two\n} three\n'
  const location = { start: { line: 1, column: 5 }, end: { line: 3, column: 2 } }
  expect(originalAt(text, location)).toEqual({ line: 1, lineText: 'one {', original: '{\n  two\n}' })
})

describe('the draw', () => {
  const made = Array.from({ length: 2_000 }, (_, line) => ({
    id: String(line),
    fileName: '/somewhere/src/a.ts',
    replacement: '""',
    location: { start: { line, column: 1 }, end: { line, column: 9 } },
  }))
  const drawn = (inAMillion: number): number => made.filter((each) => isDrawn(each, inAMillion)).length

  test('takes about the share it is asked for, and all of them when asked for all', () => {
    expect(drawn(million)).toBe(made.length)
    expect(drawn(0)).toBe(0)
    expect(drawn(100_000)).toBeGreaterThan(150)
    expect(drawn(100_000)).toBeLessThan(250)
  })

  test('is the same wherever the code lies and whatever else is mutated', () => {
    for (const each of made.slice(0, 100))
      expect(isDrawn({ ...each, id: 'another', fileName: '/elsewhere/src/a.ts' }, 500_000)).toBe(
        isDrawn(each, 500_000),
      )
  })
})

test('every explanation is about a line that stands in a file of a room, and about no other twice', () => {
  const all = readExplained()
  const paths = rooms.flatMap((room) => filesOf(room).map((file) => `${room.folder}/${file}`))
  for (const { file, line } of all) {
    expect(paths).toContain(file)
    expect(
      readFileSync(`${root}${file}`, 'utf8')
        .split('\n')
        .map((each) => each.trim()),
    ).toContain(line)
  }
  const keys = all.map(({ file, line, original, replacement }) =>
    JSON.stringify([file, line, original, replacement]),
  )
  expect(new Set(keys).size).toBe(keys.length)
})
