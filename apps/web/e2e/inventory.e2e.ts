import { createHash } from 'node:crypto'
import { readdir, readFile } from 'node:fs/promises'
import { join } from 'node:path'
import { parse, type DefaultTreeAdapterTypes } from 'parse5'
import { describe, expect, test } from 'vitest'
import { sampleNames, shownSample } from '../testing/gallery.ts'
import { builtPage, readInventory, webRoot } from './gallery.ts'

const hashOf = (kind: 'sha256' | 'sha384', content: string | Buffer): string =>
  `${kind}-${createHash(kind).update(content).digest('base64')}`

/** Finds a page's scripts, styles and preloads with their integrity hashes, and its inline styles. */
function referencesIn(html: string) {
  const named: Array<{ address: string; integrity: string | null }> = []
  const styles: string[] = []
  let inlineScripts = 0
  const walk = (node: DefaultTreeAdapterTypes.Node): void => {
    if ('tagName' in node) {
      const of = (name: string) => node.attrs.find((attr) => attr.name === name)?.value ?? null
      const address = node.tagName === 'script' ? of('src') : node.tagName === 'link' ? of('href') : null
      if (address !== null && of('rel') !== 'icon') named.push({ address, integrity: of('integrity') })
      if (node.tagName === 'script' && address === null && of('type') !== 'application/json')
        inlineScripts += 1
      if (node.tagName === 'style')
        styles.push(node.childNodes.map((child) => ('value' in child ? child.value : '')).join(''))
    }
    if ('childNodes' in node) for (const child of node.childNodes) walk(child)
  }
  walk(parse(html))
  return { named, styles, inlineScripts }
}

describe('the inventory of the build', () => {
  test('P-06: lists every file with its hash, sorted, without times or absolute paths', async () => {
    const { files } = await readInventory()
    const there = (await readdir(webRoot, { recursive: true, withFileTypes: true }))
      .filter((entry) => entry.isFile() && !/\.(?:br|gz)$|^inventory\.json$/.test(entry.name))
      .map((entry) => join(entry.parentPath, entry.name).slice(webRoot.length + 1))
    expect(files.map(({ path }) => path)).toEqual(there.toSorted())
    expect(files.length).toBeGreaterThanOrEqual(8)
    for (const { path, bytes, integrity } of files) {
      const content = await readFile(join(webRoot, path))
      expect([path, content.length, hashOf('sha384', content)]).toEqual([path, bytes, integrity])
    }
  })

  test('P-06: the shop’s page names only listed files, each with its integrity hash', async () => {
    const { files } = await readInventory()
    const { named, styles, inlineScripts } = referencesIn(await readFile(join(webRoot, 'index.html'), 'utf8'))
    const listed = files.map(({ path, integrity }) => ({ address: `/${path}`, integrity }))
    expect(named.length).toBeGreaterThanOrEqual(2)
    for (const each of named) expect(listed).toContainEqual(each)
    expect([styles, inlineScripts]).toEqual([[], 0])
  })

  test('P-06: every server-rendered page names only listed files, and its inline style is the listed one', async () => {
    const { files, inlineStyles } = await readInventory()
    const built = await builtPage()
    const listed = files.map(({ path, integrity }) => ({ address: `/${path}`, integrity }))
    const seen = new Set<string>()
    for (const name of [...sampleNames, 'no screen']) {
      const asked = { shown: shownSample(name), shopUrl: null, search: '', acceptLanguage: null }
      const { named, styles, inlineScripts } = referencesIn(built.document(asked))
      for (const each of named) {
        expect(listed).toContainEqual(each)
        seen.add(each.address)
      }
      expect(styles.map((style) => hashOf('sha256', style))).toEqual(
        inlineStyles.map((each) => each.integrity),
      )
      expect([name, inlineScripts]).toEqual([name, 0])
    }
    expect([...seen]).toEqual([expect.stringMatching(/^\/assets\/result-.*\.js$/)])
  })
})
