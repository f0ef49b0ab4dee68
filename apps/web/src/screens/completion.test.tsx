import type { Screen } from '@landfall/payment-core'
import { renderToStaticMarkup } from 'preact-render-to-string'
import { describe, expect, test } from 'vitest'
import * as checkingCopy from '../checking-copy.ts'
import * as copy from '../copy.ts'
import * as depositCopy from '../deposit-copy.ts'
import * as labels from '../labels.ts'
import { languages, type Language } from '../language.ts'
import { momentText } from '../moment-text.ts'
import { moneyText } from '../money-text.ts'
import { ResultPage, type ResultView } from '../parts/ResultPage.tsx'
import { screenTextOf } from '../parts/screen-text.ts'
import * as shopCopy from '../shop-copy.ts'
import { samples } from '../../testing/screen-samples.ts'

const calm: Omit<ResultView, 'screen'> = {
  waiting: false,
  slow: false,
  trouble: null,
  final: false,
  busy: false,
  shopUrl: 'https://shop.test/',
  tryAgainUrl: null,
  calendarUrl: null,
  appUrl: null,
  forwardUrl: null,
  shop: null,
  arriving: false,
  nowMs: Date.parse('2026-11-22T18:42:07+09:00'),
  zone: null,
  copied: null,
  toast: null,
  announcement: '',
}
const nothing = (): void => undefined
const page = (screen: Screen, language: Language, view: Partial<ResultView> = {}): string =>
  renderToStaticMarkup(
    <ResultPage
      view={{ ...calm, ...view, screen }}
      language={language}
      onCopy={nothing}
      onCheckAgain={nothing}
      onLanguage={nothing}
    />,
  )
/** The visible text: no tags, decoded entities, single spaces. */
const textOf = (markup: string): string =>
  markup
    .replaceAll(/<[^>]*>/g, ' ')
    .replaceAll('&#x27;', '’')
    .replaceAll('&amp;', '&')
    .replaceAll(/\s+/g, ' ')

const named = Object.entries<Screen>(samples)
const cases = named.flatMap(([name, screen]) => languages.map((language) => ({ name, screen, language })))

describe('every screen', () => {
  test.each(cases)('$name shows its heading and its lead in $language', ({ screen, language }) => {
    const markup = page(screen, language)
    const { heading, lead, points } = screenTextOf(screen, language)
    expect(markup).toContain(`data-kind="${screen.kind}"`)
    expect(markup.match(/<h1/g)).toHaveLength(1)
    for (const sentence of [heading, lead, ...points]) expect(textOf(markup)).toContain(sentence)
  })

  test.each(cases)(
    '$name has a link to the shop and one live region in $language',
    ({ screen, language }) => {
      const markup = page(screen, language)
      expect(markup.match(/role="status"/g)).toHaveLength(1)
      expect(textOf(markup)).toContain(labels.actions.backToShop[language])
    },
  )

  test('scope full shows the product and the order number', () => {
    for (const [name, screen] of named.filter(([, each]) => each.scope === 'full')) {
      if (name !== 'odd_names') expect(textOf(page(screen, 'ko')), name).toContain('등대 머그컵')
      expect(textOf(page(screen, 'ko')), name).toContain('shop-20261122-0007')
    }
  })

  test('scope outcome hides name, amount, account, method and the gateway’s message, and says why', () => {
    for (const [name, screen] of named.filter(([, each]) => each.scope === 'outcome')) {
      const markup = page(screen, 'ko')
      expect(markup, name).not.toMatch(/<dl|등대|[0-9]원|신한|receipt/)
      if (screen.kind !== 'not_found') expect(markup, name).toContain(copy.withheld.ko)
    }
  })
})

test('paid shows amount, name, method, time in Seoul and the receipt', () => {
  const markup = page(samples.paid, 'ko', { final: true })
  const text = textOf(markup)
  for (const words of [
    '14,000원',
    '등대 머그컵',
    '신한카드',
    '4330-****-****-123*',
    '2026년 11월 22일(일) 18:42 (한국 시간)',
    '영수증 보기',
  ]) {
    expect(text).toContain(words)
  }
  expect(text).not.toContain('다시 확인')
  expect(textOf(page(samples.paid, 'en'))).toContain('₩14,000')
  expect(textOf(page(samples.paid_wallet, 'ko'))).toContain('카카오페이')
})

test('an account shows bank, whole number, holder, exact amount and deadline in Korean time, and says that nothing is paid yet', () => {
  const markup = page(samples.awaiting_deposit, 'ko')
  const text = textOf(markup)
  for (const words of [
    '카카오뱅크',
    '뭍 상점',
    '14,000원',
    '2026년 11월 24일(화) 23:59 (한국 시간)',
    '아직 결제가 끝나지 않았어요',
  ]) {
    expect(text).toContain(words)
  }
  expect(markup.replaceAll(/<[^>]*>/g, '')).toContain('79790123456789')
  expect(markup).toContain('aria-label="계좌번호 복사"')
  expect(textOf(page(samples.awaiting_deposit, 'en'))).toContain('11:59 PM KST')
})

test('G-21: an account without a number shows amount and deadline, and offers no number to copy', () => {
  for (const language of languages) {
    const markup = page(samples.awaiting_deposit_no_number, language)
    expect(textOf(markup)).toContain(copy.awaitingDepositWithheld[language])
    expect(textOf(markup)).not.toContain(copy.awaitingDeposit.lead[language])
    expect(markup).not.toContain(labels.rows.account[language])
    expect(markup).not.toContain(labels.actions.copyAccount[language])
    expect(textOf(markup)).toContain(language === 'ko' ? '14,000원' : '₩14,000')
    expect(textOf(markup)).toContain(language === 'ko' ? '23:59 (한국 시간)' : '11:59 PM KST')
  }
})

test('M-33: an amount has the number of decimals that ISO 4217 defines for its currency', () => {
  const order = { ...samples.paid.order, amount: 12_345, currency: 'IQD' }
  expect(textOf(page({ ...samples.paid, order }, 'en'))).toContain('12.345')
})

test('a refund in progress shows amount, route and usual duration, and promises no date', () => {
  const text = textOf(page(samples.returning, 'ko'))
  for (const words of ['1,000원', '신한카드', '카드사에 따라', '걸릴 수 있어요'])
    expect(text).toContain(words)
})

test('pay again is offered only when the server sent its address', () => {
  expect(page(samples.failed, 'ko', { tryAgainUrl: '/?order=1' })).toContain(
    '<a class="action first" href="/?order=1" target="_top">다시 결제하기',
  )
  expect(page(samples.failed, 'ko')).not.toContain('다시 결제하기')
})

test('after the deadline the same address is for a new order, and says so', () => {
  const markup = page(samples.expired, 'ko', { tryAgainUrl: '/?order=1' })
  expect(markup).toContain('<a class="action" href="/?order=1" target="_top">쇼핑몰에서 새로 주문하기')
  expect(markup).not.toContain('다시 결제하기')
})

describe('the shop on the screen', () => {
  const shop = { name: '뭍 <상점>', logoUrl: 'https://shop.test/logo.svg', contact: 'tel:02-123-4567' }

  test('has its name beside its logo, read out once, and its contact, in both languages', () => {
    const markup = page(samples.failed, 'ko', { shop })
    expect(markup).toContain('<img src="https://shop.test/logo.svg" alt/>')
    expect(markup).toContain('<bdi>뭍 &lt;상점></bdi>')
    expect(markup).toContain('href="tel:02-123-4567"')
    expect(textOf(markup)).toMatch(/쇼핑몰에 문의하기\s*02-123-4567/)
    expect(textOf(page(samples.failed, 'en', { shop }))).toMatch(/Contact the shop\s*02-123-4567/)
  })

  test('may have a name alone, or a contact alone', () => {
    const named = page(samples.paid, 'ko', { shop: { ...shop, logoUrl: null, contact: null } })
    expect(textOf(named)).toContain('뭍')
    expect(named).not.toMatch(/<img|쇼핑몰에 문의하기/)
    const reached = page(samples.paid, 'ko', {
      shop: { name: null, logoUrl: null, contact: 'mailto:a@b.co' },
    })
    expect(reached).toContain('href="mailto:a@b.co"')
    expect(reached).not.toContain('shop-face')
  })

  test.each(['javascript:alert(1)', 'http://shop.test/', 'data:text/html,x', ''])(
    'has no contact at %j',
    (contact) => {
      expect(page(samples.paid, 'ko', { shop: { ...shop, contact } })).not.toContain('쇼핑몰에 문의하기')
    },
  )

  test('is named nowhere when the deployment tells nothing of it', () => {
    expect(page(samples.paid, 'ko')).not.toMatch(/shop-face|쇼핑몰에 문의하기/)
  })
})

test('a page that is about to go back to the shop says so', () => {
  expect(page(samples.paid, 'ko', { forwardUrl: 'https://shop.test/' })).toContain(labels.forwarding.ko)
  expect(page(samples.paid, 'en')).not.toContain(labels.forwarding.en)
})

test('the reason «already paid» never says that no money was taken', () => {
  expect(page(samples.failed_already_paid, 'ko')).not.toContain(copy.nothingTaken.ko)
  expect(page(samples.failed_limit, 'ko')).toContain(copy.nothingTaken.ko)
})

test('markup in names and messages stays text, and only web addresses become links', () => {
  const evil = '<img src=x onerror=alert(1)>'
  const failed: Screen = { ...samples.failed, order: { ...samples.failed.order, name: evil }, message: evil }
  expect(page(failed, 'ko')).not.toContain('<img')
  const receiptUrl = 'javascript:alert(1)'
  const paid: Screen = { ...samples.paid, payment: { ...samples.paid.payment, receiptUrl } }
  expect(page(paid, 'ko', { shopUrl: 'data:text/html,x', tryAgainUrl: '//evil.test' })).not.toMatch(
    /javascript:|data:text|evil/,
  )
})

test('the time left before the deadline uses the server’s clock and at most two units, and ends as a sentence', () => {
  const { dueAtMs } = samples.awaiting_deposit.account
  const left = (ms: number, language: Language): string =>
    textOf(page(samples.awaiting_deposit, language, { nowMs: dueAtMs - ms }))
  expect(left(2 * 86_400_000 + 5 * 3_600_000 + 1, 'ko')).toContain('2일 5시간 남았어요')
  expect(left(86_400_000, 'en')).toContain('1 day 0 hours left')
  expect(left(3_600_000 + 60_000, 'en')).toContain('1 hour 1 minute left')
  expect(left(59_999, 'ko')).toContain('1분도 남지 않았어요')
  expect(left(0, 'ko')).toContain(depositCopy.deadlinePassed.ko)
  expect(left(-1, 'en')).not.toContain(' left')
})

test('abroad, a payment’s time and the bank’s deadline are in Korean time first, then in the reader’s', () => {
  const zone = 'America/Los_Angeles'
  expect(textOf(page(samples.paid, 'en', { zone }))).toMatch(
    /Paid at Sun, Nov 22, 2026, 6:42 PM KST Your time: Sun, Nov 22, 2026, 1:42 AM PST/,
  )
  expect(textOf(page(samples.paid, 'ko', { zone }))).toMatch(
    /결제 시각 2026년 11월 22일\(일\) 18:42 \(한국 시간\) 계신 곳 시간: 2026년 11월 22일\(일\) 01:42 \(GMT-8\)/,
  )
  expect(textOf(page(samples.paid, 'ko'))).not.toContain('계신 곳 시간')
  const deposit = textOf(page(samples.awaiting_deposit, 'en', { zone }))
  expect(deposit).toContain('11:59 PM KST')
  expect(deposit).toContain('Your time: Tue, Nov 24, 2026, 6:59 AM PST')
  expect(textOf(page(samples.awaiting_deposit, 'ko', { zone }))).toContain('06:59 (GMT-8)')
})

test('the link back to the app accepts only the app’s own scheme', () => {
  expect(page(samples.paid, 'ko', { appUrl: 'landfall-shop://orders' })).toContain(
    'href="landfall-shop://orders"',
  )
  for (const appUrl of [
    'javascript:alert(1)',
    'JaVaScRiPt:x',
    'data:text/html,x',
    'https://evil.test',
    '//evil',
    'x',
  ])
    expect([appUrl, page(samples.paid, 'ko', { appUrl }).includes('앱으로')]).toEqual([appUrl, false])
})

test('offline keeps the last known screen and says so', () => {
  const text = textOf(page(samples.awaiting_deposit, 'ko', { trouble: 'offline' }))
  expect(text).toContain(copy.trouble.offline.ko)
  expect(text).toContain(copy.lastKnown.ko)
  expect(text).toContain('카카오뱅크')
})

test('after ten seconds, *checking* says what happens next and that the customer may close the page', () => {
  const text = textOf(page(samples.checking, 'ko', { slow: true }))
  expect(text).toContain('이 화면을 닫아도 괜찮아요')
  expect(textOf(page(samples.checking, 'ko'))).not.toContain('이 화면을 닫아도 괜찮아요')
})

test('before the first answer the page says only *checking*', () => {
  const blank: Screen = { kind: 'checking', scope: 'full', order: null, because: 'confirming', sinceMs: null }
  const markup = page(blank, 'ko', { waiting: true, shopUrl: null })
  expect(markup).toContain('data-kind="checking"')
  expect(textOf(markup)).not.toMatch(/완료됐어요|완료되지/)
})

test('amounts and times follow the conventions of each language', () => {
  expect(moneyText(1_234_567, 'KRW', 'ko')).toBe('1,234,567원')
  expect(moneyText(1_250, 'USD', 'en')).toBe('$12.50')
  expect(momentText(Date.parse('2026-12-31T23:05:00Z'), 'ko')).toBe(
    '2027년 1월 1일(금) 08:05\u00A0(한국\u00A0시간)',
  )
  expect(momentText(Date.parse('2026-12-31T23:05:00Z'), 'en')).toBe('Fri, Jan 1, 2027, 8:05\u00A0AM\u00A0KST')
})

test('every sentence of every table is present and in its own language', () => {
  let lines = 0
  const read = (value: unknown, path: string): void => {
    if (typeof value !== 'object' || value === null) return
    if ('ko' in value && 'en' in value && typeof value.ko === 'string' && typeof value.en === 'string') {
      lines += 1
      expect(value.en, path).not.toMatch(path === 'languageNames' ? /^$/ : /[가-힣]|^\s*$/)
      expect(value.ko, path).toMatch(path === 'languageNames' ? /./ : /[가-힣]/)
      return
    }
    for (const [name, inner] of Object.entries(value)) read(inner, name)
  }
  for (const table of [checkingCopy, copy, depositCopy, labels, shopCopy]) read({ ...table }, 'table')
  expect(lines).toBeGreaterThan(80)
})
