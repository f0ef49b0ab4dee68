import { randomBytes } from 'node:crypto'
import { readdir, readFile } from 'node:fs/promises'
import { join } from 'node:path'
import { gzipSync } from 'node:zlib'
import { describe, expect, test } from 'vitest'
import { sampleNames, shownSample } from '../testing/gallery.ts'
import { languages } from '../src/language.ts'
import { builtPage, webRoot } from './gallery.ts'

/** The size limits of the served files. */
const HTML_BYTES_MAX = 14 * 1024
const SCRIPT_BYTES_MAX = 30 * 1024

const scripts = /<script src="([^"]+)"/g

describe('the build keeps its budgets', () => {
  test('P14: every screen, style included, is at most 14 kB gzip and fits one round trip', async () => {
    const built = await builtPage()
    for (const name of sampleNames)
      for (const language of languages) {
        const asked = {
          shown: shownSample(name),
          shopUrl: null,
          search: `?lang=${language}`,
          acceptLanguage: null,
        }
        const bytes = gzipSync(built.document(asked)).length
        expect([name, language, bytes <= HTML_BYTES_MAX, bytes]).toEqual([name, language, true, bytes])
      }
  })

  test('P14: with the longest name, logo address and contact every screen keeps to it too', async () => {
    const built = await builtPage()
    const odd = (length: number): string => randomBytes(length).toString('base64url').slice(0, length)
    const shop = {
      name: odd(40),
      logoUrl: `https://cdn.example/${odd(300)}`,
      contact: `https://shop.example/${odd(279)}`,
    }
    for (const name of sampleNames) {
      const shown = shownSample(name)
      if (shown === null) throw new Error(name)
      const asked = { shown: { ...shown, shop }, shopUrl: null, search: '?lang=ko', acceptLanguage: null }
      const bytes = gzipSync(built.document(asked)).length
      expect([name, bytes <= HTML_BYTES_MAX, bytes]).toEqual([name, true, bytes])
    }
  })

  test('P14: the page is readable without further requests, and requests nothing from another origin', async () => {
    const built = await builtPage()
    const page = built.document({
      shown: shownSample('paid'),
      shopUrl: null,
      search: '',
      acceptLanguage: null,
    })
    expect(page).not.toMatch(
      /rel="?(stylesheet|preload|preconnect)|<script(?! src="\/assets\/| type="application\/json")/,
    )
    expect(page).not.toMatch(/<(?:script|link|img|iframe|source)[^>]+(?:src|href)="(?:https?:)?\/\//)
    expect(built.style).not.toMatch(/@import|@font-face|url\(/)
  })

  test('P14: the result page’s script is one file of at most 30 kB gzip, without the shop, zod or React', async () => {
    const built = await builtPage()
    const page = built.document({
      shown: shownSample('paid'),
      shopUrl: null,
      search: '',
      acceptLanguage: null,
    })
    const [path = '', ...more] = [...page.matchAll(scripts)].map((found) => found[1] ?? '')
    expect(more).toEqual([])
    const text = await readFile(join(webRoot, path), 'utf8')
    const bytes = gzipSync(text, { level: 9 }).length
    expect([bytes <= SCRIPT_BYTES_MAX, bytes]).toEqual([true, bytes])
    expect(text).not.toMatch(/\bimport\s*\(|^import\b|;import\b/)
    expect(text).not.toMatch(/ZodError|react\.dev|iamport|IMP\.init/)
  })

  test('every script and style has compressed copies', async () => {
    const names = await readdir(join(webRoot, 'assets'))
    const plain = names.filter((name) => /\.(js|css)$/.test(name))
    expect(plain.length).toBeGreaterThanOrEqual(4)
    for (const name of plain) expect(names).toEqual(expect.arrayContaining([`${name}.gz`, `${name}.br`]))
  })
})
