import { ShownScreen } from '@landfall/payment-core'
import { describe, expect, test } from 'vitest'
import { documentOf, escapedJson } from './document.ts'
import { sampleNames, shownSample } from './gallery.ts'
import { document } from './render.tsx'
import { samples } from './screens/completion.samples.ts'

const pageOf = (name: string, search = '', acceptLanguage: string | null = null): string =>
  document({ shown: shownSample(name), shopUrl: null, search, acceptLanguage })

describe('the document', () => {
  test('P-02: the page links to no origins but the shop’s and the receipt’s, and loads one script of its own', () => {
    for (const name of sampleNames) {
      const page = pageOf(name)
      expect(
        [...page.matchAll(/<(?:script|link|img|iframe)[^>]*?(?:src|href)="([^"]*)"/g)].map(([, url]) => url),
      ).toEqual(['/icon.svg', '/src/result.tsx'])
      expect(page, name).not.toMatch(/<[^>]+ style=|<[^>]+ on\w+=|url\(|@import/)
    }
  })

  test('R-14: no value in the data ends its script element, starts another or breaks a line', () => {
    const evil = '</script><script>alert(1)</script><!--\u2028\u2029&'
    const json = escapedJson({ evil })
    expect(json).not.toMatch(/[<>&\u2028\u2029]/)
    expect(JSON.parse(json)).toEqual({ evil })
    const page = pageOf('odd_names')
    expect(page.match(/<script/g)).toHaveLength(2)
    expect(page).not.toMatch(/<img|<b>/)
  })

  test('R-14, S-18: names and messages stay text on the page and in its data, whatever they contain', () => {
    const evil = `zq"'><img src=x onerror=alert(1)></script><b>&lt;\u202E`
    const texts = new Set(
      ['name', 'message', 'methodName', 'cardNumber', 'bankName', 'number', 'holder', 'orderId'].concat([
        'token',
      ]),
    )
    const spoiled = (key: string, value: unknown): unknown =>
      typeof value === 'string' && texts.has(key) ? evil : value
    let shownOn = 0
    for (const name of sampleNames) {
      const shown = ShownScreen.parse(JSON.parse(JSON.stringify(shownSample(name), spoiled)))
      for (const search of ['?lang=ko', '?lang=en']) {
        const page = document({ shown, shopUrl: 'https://shop.example/', search, acceptLanguage: null })
        expect(page, name).not.toMatch(/<img|<b>|&amp;amp;|zq"/)
        expect(page.match(/<\/?script/g) ?? [], name).toHaveLength(4)
        if (page.includes('zq&quot;')) shownOn += 1
      }
    }
    expect(shownOn).toBeGreaterThan(sampleNames.length / 2)
  })

  test('R-14: a title and an address stay text', () => {
    const page = documentOf({
      language: 'ko',
      title: '</title><script>',
      style: '',
      markup: '',
      data: null,
      script: { address: '', integrity: null },
      again: { seconds: 1, url: '"><script>' },
    })
    expect(page).not.toContain('<script>')
  })

  test('R-11: a token without a screen gets the neutral page, with a link to the shop and no script', () => {
    const page = document({ shown: null, shopUrl: 'https://shop.test/', search: '', acceptLanguage: 'ko' })
    expect(page).toContain('data-kind="not_found"')
    expect(page).toContain('href="https://shop.test/"')
    expect(page).not.toContain('<script')
  })
})

describe('the language', () => {
  test.each([
    ['', null, 'ko'],
    ['', 'ko-KR,ko;q=0.9,en-US;q=0.8', 'ko'],
    ['', 'en-US,en;q=0.9,ko;q=0.8', 'en'],
    ['', 'de-DE,de', 'en'],
    ['', '*', 'ko'],
    ['?lang=en', 'ko', 'en'],
    ['?lang=<script>', 'ko', 'ko'],
  ] as const)('«%s» with «%s» is read in %s', (search, acceptLanguage, language) => {
    expect(pageOf('paid', search, acceptLanguage)).toContain(`<html lang="${language}">`)
  })
})

describe('without script', () => {
  const again = (page: string): string | null =>
    /<noscript><meta http-equiv="refresh" content="([^"]*)"><\/noscript>/.exec(page)?.[1] ?? null

  test('R-10: a checking page reloads at growing intervals, a limited number of times', () => {
    let search = '?lang=en'
    const seconds: number[] = []
    for (let round = 0; round < 100; round++) {
      const found = again(pageOf('checking', search))
      if (found === null) break
      const [delay = '', url = ''] = found.replaceAll('&amp;', '&').split(';url=')
      seconds.push(Number(delay))
      expect(url).toMatch(/^\/result\/checking\?lang=en&round=\d+$/)
      search = url.slice(url.indexOf('?'))
    }
    expect(seconds.length).toBe(24)
    expect(seconds).toEqual(seconds.toSorted((a, b) => a - b))
    expect(seconds.reduce((sum, each) => sum + each, 0)).toBeLessThan(600)
  })

  test('a round that is not a number ends the reloads', () => {
    for (const round of ['-1', '1e9', '9999', 'x', '%00'])
      expect(again(pageOf('checking', `?round=${round}`))).toBeNull()
  })

  test('P-10: every page that is not final reloads; a final page never does', () => {
    const asking = sampleNames.filter((name) => shownSample(name)?.final === false)
    for (const name of sampleNames)
      expect([name, again(pageOf(name)) !== null]).toEqual([name, asking.includes(name)])
    for (const name of ['checking_deposit_overdue', 'checking_review', 'expired', 'failed', 'returning'])
      expect(asking).toContain(name)
    for (const name of ['paid', 'cancelled', 'partially_cancelled', 'not_found'])
      expect(asking).not.toContain(name)
    const shown = ShownScreen.parse({ ...shownSample('expired'), final: true })
    expect(again(document({ shown, shopUrl: null, search: '', acceptLanguage: null }))).toBeNull()
  })

  test('P-10: the page of an expired order reloads for as long as a page with script follows it', () => {
    let [search, passed] = ['', 0]
    for (let round = 0; passed < 15 * 60; round++) {
      const [delay = '', url = ''] = again(pageOf('expired', search))?.split(';url=') ?? []
      passed += Number(delay)
      search = `?round=${round + 1}`
      expect(url).toContain(search.slice(1))
    }
    expect(passed).toBeLessThan(30 * 60)
  })

  test('P-10: without an answer expected soon, the page stays 30 s, and 60 s while it shows an account', () => {
    const seconds = (name: string): number => Number(again(pageOf(name))?.split(';')[0])
    expect(seconds('checking')).toBe(2)
    for (const name of ['checking_deposit_overdue', 'expired', 'failed', 'returning_by_shop'])
      expect([name, seconds(name)]).toEqual([name, 30])
    expect(seconds('awaiting_deposit')).toBe(60)
  })

  test('V-11, P-10: an account’s page reloads one second after the deadline', () => {
    const shown = ShownScreen.parse(shownSample('awaiting_deposit'))
    const at = (leftMs: number): string | undefined => {
      const atMs = samples.awaiting_deposit.account.dueAtMs - leftMs
      const page = document({
        shown: { ...shown, atMs },
        shopUrl: null,
        search: '?round=9',
        acceptLanguage: null,
      })
      return again(page)?.split(';')[0]
    }
    expect([20_000, 500, 0].map(at)).toEqual(['21', '2', '1'])
  })

  test('check again, the other language and the calendar are links that work without script', () => {
    const page = pageOf('awaiting_deposit', '?lang=en')
    for (const href of ['?lang=ko', '?lang=en', '/result/awaiting_deposit/deadline.ics?lang=en'])
      expect(page).toContain(`href="${href}"`)
  })
})
