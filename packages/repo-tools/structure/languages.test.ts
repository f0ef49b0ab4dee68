// Every guide that shops' developers read stands in Korean and in English, with the same code, tables and sections, and in the same words.

import { describe, expect, test } from 'vitest'
import { deadAnchors, outlineOf } from './languages.ts'
import { paths, textOf } from './repository.ts'

const korean = paths.filter((path) => path.endsWith('.ko.md'))
const pairs = korean.map((path) => [path.replace('.ko.md', '.md'), path] as const)

describe('guides in two languages', () => {
  test('README, integration and testing are there in both', () => {
    expect(korean.toSorted()).toEqual(['README.ko.md', 'docs/integrate.ko.md', 'docs/testing.ko.md'])
  })

  test.each(pairs)('%s and %s have the same sections, code and tables', (english, other) => {
    const outline = outlineOf(textOf(english))
    expect(outlineOf(textOf(other))).toEqual(outline)
    expect(outline.length).toBeGreaterThanOrEqual(20)
  })

  test('a section, a command, a cell or an example that one language lacks is found out', () => {
    const english = '# A\n\n## B\n\n    run me  # why\n\n| a `x` | b |\n\n```js\nconst a = 1 // why\n```\n'
    const same = '# 가\n\n## 나\n\n    run me  # 이유\n\n| `x`는 | 나 |\n\n```js\nconst a = 1 // 이유\n```\n'
    expect(outlineOf(same)).toEqual(outlineOf(english))
    for (const [was, is] of [
      ['## 나\n', ''],
      ['run me', 'run you'],
      ['`x`', '`y`'],
      [' 나 |', ''],
      ['a = 1', 'a = 2'],
    ] as const)
      expect(outlineOf(same.replace(was, is)), was).not.toEqual(outlineOf(english))
  })
})

describe('links', () => {
  test('every section that a document links to exists', () => {
    const documents = new Map(
      paths.filter((path) => path.endsWith('.md')).map((path) => [path, textOf(path)]),
    )
    expect(deadAnchors(documents)).toEqual([])
  })

  test('a section that is not there is found out', () => {
    const documents = new Map([
      ['docs/a.md', '# One two\n\n[b](b.md#가-나) [c](b.md#gone) [d](#one-two) [e](#three)'],
      ['docs/b.md', '## 가 (나)\n\n[up](../README.md#x)'],
      ['README.md', '```sh\n# x\n```\n'],
    ])
    expect(deadAnchors(documents)).toEqual([
      'docs/a.md: b.md#gone',
      'docs/a.md: #three',
      'docs/b.md: ../README.md#x',
    ])
  })
})

/** What customers, operators and developers read in Korean. The gateway's own messages keep the gateway's words. */
const texts = paths.filter((path) =>
  /\.ko\.md$|web\/src\/(?:[\w-]*copy|labels)\.ts$|story[\w-]*-ko\.ts$|neutral-page\.ts$|sandbox\/src\/(?:window|console)\/[\w-]+\.ts$|support-answer\.ts$/.test(
    path,
  ),
)

test('a shop is 쇼핑몰 and a gateway 결제사 in every Korean text', () => {
  const others = /(?<!뭍 )상점|가맹점(?! 식별코드)|결제 회사|게이트웨이/g
  const found = texts.flatMap((path) =>
    [...textOf(path).matchAll(others)].map(([word]) => `${path}: ${word}`),
  )
  expect(found).toEqual([])
  expect(texts.filter((path) => /쇼핑몰|결제사/.test(textOf(path))).length).toBeGreaterThanOrEqual(10)
})
