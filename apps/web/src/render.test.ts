import { ShownScreen } from '@landfall/payment-core'
import { describe, expect, test } from 'vitest'
import { documentOf, escapedJson, skipReload } from './document.ts'
import { sampleNames, shownSample } from '../testing/gallery.ts'
import { document } from './render.tsx'
import { samples } from '../testing/screen-samples.ts'

const pageOf = (name: string, search = '', acceptLanguage: string | null = null): string =>
  document({ shown: shownSample(name), shopUrl: null, search, acceptLanguage })

describe('the document', () => {
  /** The browser's icon, and in the samples the shop's logo. */
  const icon = '/icon.svg'

  test('P-02: the page links to no origins but the shop’s and the receipt’s, and loads one script of its own', () => {
    for (const name of sampleNames) {
      const page = pageOf(name)
      expect(
        [...page.matchAll(/<(?:script|link|img|iframe)[^>]*?(?:src|href)="([^"]*)"/g)].map(([, url]) => url),
      ).toEqual([...(name === 'failed_at_named_shop' ? [icon, icon] : [icon]), '/src/result.tsx'])
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
        expect(page, name).not.toMatch(/<img(?! src="\/icon\.svg" alt\/>)|<b>|&amp;amp;|zq"/)
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

  test('P-04: an order whose personal data was erased has no row for its name', () => {
    const shown = ShownScreen.parse(shownSample('paid'))
    const asked = { shopUrl: null, search: '', acceptLanguage: null }
    const erased = shown.order === null ? shown : { ...shown, order: { ...shown.order, name: '' } }
    expect(document({ ...asked, shown })).toContain('data-row="order"')
    const page = document({ ...asked, shown: ShownScreen.parse(erased) })
    expect(page).not.toContain('data-row="order"')
    expect(page).toContain('data-row="orderId"')
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
    /<meta http-equiv="refresh" content="([^"]*)">/.exec(page)?.[1] ?? null
  const checkingFor = (passedS: number): ShownScreen => {
    const shown = ShownScreen.parse(shownSample('checking'))
    return shown.kind === 'checking' ? { ...shown, sinceMs: shown.atMs - passedS * 1_000 } : shown
  }
  const reloadOf = (shown: ShownScreen, search = '') =>
    again(document({ shown, shopUrl: null, search, acceptLanguage: null }))

  test('P-10: a built page reloads unless the script before it runs; the script hides the reload in a comment', () => {
    const parts = {
      language: 'ko',
      title: '',
      style: '',
      markup: '',
      data: {},
      script: { address: '/assets/a.js', integrity: 'sha384-x' },
      again: { seconds: 2, url: null },
    }
    const page = documentOf(parts)
    const script = '<script src="/assets/a.js" integrity="sha384-x"></script>'
    const [before = '', after = ''] = page.split(script)
    expect(before).not.toContain('refresh')
    expect(after).toBe('<meta http-equiv="refresh" content="2"><!-- --></body></html>\n')
    // What the parser reads once the script has opened its comment.
    expect(`<!--${after}`.replace(/<!--[^]*?-->/, '')).toBe('</body></html>\n')
    const written: string[] = []
    const write = (...text: string[]): void => void written.push(...text)
    skipReload({ currentScript: null, write })
    expect(written).toEqual([])
    skipReload({ currentScript: {}, write })
    expect(written).toEqual(['<!--'])
    expect(documentOf({ ...parts, again: null })).not.toContain('refresh')
  })

  test('R-10, P-10: a checking page reloads its own address, at intervals that grow with the wait, for a day', () => {
    const seconds: number[] = []
    let passedS = 0
    for (; seconds.length < 1_000;) {
      const found = reloadOf(checkingFor(passedS))
      if (found === null) break
      expect(found).toMatch(/^\d+$/)
      seconds.push(Number(found))
      passedS += Number(found)
    }
    expect(seconds.slice(0, 8)).toEqual(Array.from({ length: 8 }, () => 2))
    expect(seconds).toEqual(seconds.toSorted((a, b) => a - b))
    expect(seconds.length).toBeLessThan(100)
    expect(passedS).toBeGreaterThanOrEqual(24 * 3_600)
  })

  test('any other page names once, in its address, when it was first shown, and then reloads that address', () => {
    const shown = ShownScreen.parse(shownSample('failed'))
    expect(reloadOf(shown, '?lang=en')).toBe(`30;url=/result/failed?lang=en&amp;since=${shown.atMs}`)
    const later = { ...shown, atMs: shown.atMs + 30_000 }
    expect(reloadOf(later, `?lang=en&since=${shown.atMs}`)).toBe('30')
  })

  test('a time that is none, too old, or in the future ends the reloads', () => {
    for (const since of ['', '-1', '1e9', 'x', '%00', '0', '9'.repeat(15), '9'.repeat(16)])
      expect([since, again(pageOf('failed', `?since=${since}`))]).toEqual([since, null])
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
    expect(reloadOf(shown)).toBeNull()
  })

  test('P-10: without an answer expected soon, the page stays 30 s, and 60 s while it shows an account, and ever longer', () => {
    const secondsAfter = (name: string, passedS: number): number => {
      const shown = ShownScreen.parse(shownSample(name))
      const search = passedS === 0 ? '' : `?since=${shown.atMs - passedS * 1_000}`
      return Number(reloadOf(shown, search)?.split(';')[0])
    }
    for (const name of ['checking_deposit_overdue', 'expired', 'failed', 'returning_by_shop'])
      expect([name, secondsAfter(name, 0), secondsAfter(name, 3_600)]).toEqual([name, 30, 900])
    expect([secondsAfter('awaiting_deposit', 0), secondsAfter('awaiting_deposit', 3_600)]).toEqual([60, 900])
    expect([secondsAfter('checking_not_started', 0), secondsAfter('checking_not_started', 80)]).toEqual([
      2, 10,
    ])
  })

  test('V-11, P-10: an account’s page reloads one second after the deadline', () => {
    const shown = ShownScreen.parse(shownSample('awaiting_deposit'))
    const at = (leftMs: number): string | undefined => {
      const atMs = samples.awaiting_deposit.account.dueAtMs - leftMs
      const page = document({
        shown: { ...shown, atMs },
        shopUrl: null,
        search: `?since=${atMs - 3_600_000}`,
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
