import { describe, expect, test } from 'vitest'
import {
  CancelCause,
  FailReason,
  NoticeType,
  PaymentStatus,
  ReviewEnd,
  ReviewReason,
  Story,
  StoryDoor,
  type StoryKind,
  StoryLine,
  StoryOutcome,
  StorySaid,
  StoryWhy,
} from '../index.ts'
import {
  actionsEn,
  actionsKo,
  reasonsEn,
  reasonsKo,
  statusEn,
  statusKo,
  storySentence,
  type StoryLanguage,
} from './story-words.ts'

// Every kind of line of a story with everything it can tell of, each named by what tells it from the others.

type LineOf<K extends StoryKind> = Extract<StoryLine, { kind: K }>
type Case = readonly [when: string, line: StoryLine]

const at = Date.parse('2026-11-02T12:00:00+09:00')
const lastAt = Date.parse('2026-11-03T00:00:05+09:00')
const base = { at, actor: null, paymentId: 'imp_1' }
const money = { amount: 14_000, currency: 'KRW' }
const key = 'key:till'

/** A line of one kind, each case with what it changes of it. */
const casesOf =
  <K extends StoryKind>(line: LineOf<K>) =>
  (changes: Readonly<Record<string, Partial<LineOf<K>>>>): Case[] =>
    Object.entries(changes).map(([when, changed]) => [when, { ...line, ...changed }])

/** One case for each of some words. */
const each = <W extends string, L>(words: readonly W[], of: (word: W) => L): Record<string, L> =>
  Object.fromEntries(words.map((word) => [word, of(word)]))

const registered = casesOf<'registered'>({ ...base, ...money, kind: 'registered', paymentId: null })({
  'by Landfall itself': {},
  'by a key': { actor: key },
  'by somebody without a key': { actor: 'operator' },
  'in dollars': { amount: 1_999, currency: 'USD' },
})

const changed = casesOf<'changed'>({ ...base, kind: 'changed', paymentId: null, fields: ['name'] })({
  'one field': {},
  'all fields, by a key': {
    actor: key,
    fields: ['name', 'expiresAt', 'taxFree', 'vat', 'reference', 'returnTo'],
  },
  'a field without a word of its own': { fields: ['colour'] },
})

const closed = casesOf<'closed'>({
  ...base,
  kind: 'closed',
  paymentId: null,
  note: 'sold out',
  from: 'open',
})({
  'with a note': {},
  'with a note, by a key': { actor: key },
  'without words of the shop’s': { note: 'the shop has called the order off', actor: key },
  'with no note at all': { note: '' },
})

const claim = casesOf<'claim'>({
  ...base,
  kind: 'claim',
  door: 'return',
  said: 'success',
  times: 1,
  lastAt: at,
})
const claims = [
  ...claim(
    Object.fromEntries(
      (['return', 'webhook'] as const).flatMap((door) =>
        StorySaid.options.map((said) => [`${door}, ${said}`, { door, said }]),
      ),
    ),
  ),
  ...claim({
    'return, of no payment': { paymentId: null },
    'webhook, of no payment': { door: 'webhook', paymentId: null },
    visit: { door: 'visit' },
    'visit, of no payment': { door: 'visit', paymentId: null },
    list: { door: 'list' },
    'list, of no payment': { door: 'list', paymentId: null },
    'return, receipts deleted': { times: null, lastAt: null },
    'return, twice': { times: 2, lastAt },
    'webhook, twice': { door: 'webhook', said: 'paid', times: 2, lastAt },
    'visit, three times': { door: 'visit', times: 3, lastAt },
    'list, twice': { door: 'list', times: 2, lastAt },
  }),
]

const look = casesOf<'looked'>({
  ...base,
  ...money,
  kind: 'looked',
  status: 'paid',
  isOrphan: false,
  doors: ['timer'],
})
const looked = [
  ...look(each(PaymentStatus.options, (status) => ({ status }))),
  ...look({
    'no word for how it stands': { status: null },
    'of an order that is not registered': { isOrphan: true },
    'of no known payment': { paymentId: null },
    'for no known reason': { doors: [] },
  }),
  ...look(each(StoryDoor.options, (door) => ({ doors: [door] }))).map(([door, line]): Case => [
    `because of ${door}`,
    line,
  ]),
  ...look({ 'for two reasons': { doors: ['webhook', 'return'] } }),
]

/** Those that the core finds, and one it does not know. */
const contradictions = [
  'amount_changed',
  'currency_changed',
  'cancelled_without_money',
  'cancels_do_not_add_up',
  'cancelled_more_than_paid',
  'unexplained_deposit',
  'cancelled_without_amount',
  'order_changed',
  'channel_changed',
  'status_went_back',
  'cancelled_amount_shrank',
  'cancels_vanished',
  'something_new',
]
const contradict = casesOf<'contradicted'>({
  ...base,
  kind: 'contradicted',
  what: 'amount_changed',
  doors: ['timer'],
})
const contradicted = [
  ...contradict(each(contradictions, (what) => ({ what }))),
  ...contradict({
    'for no known reason': { doors: [] },
    'for two reasons': { doors: ['timer', 'webhook'] },
    'of no known payment': { paymentId: null },
  }),
]

const agreed = casesOf<'agreed'>({ ...base, kind: 'agreed', doors: ['timer'] })({
  'of a payment': {},
  'of no known payment': { paymentId: null },
})

const decide = casesOf<'decided'>({
  ...base,
  ...money,
  kind: 'decided',
  event: 'payment.paid',
  from: 'open',
  to: 'paid',
  returned: null,
  why: null,
  failReason: null,
  doors: ['timer'],
})
const decided = [
  ...decide({
    'payment.paid': {},
    'payment.paid, of no known payment': { paymentId: null },
    'payment.paid, after the order had expired': { from: 'expired' },
    'payment.paid, by a person': { actor: key },
    'payment.paid, by a person after the order had expired': { actor: key, from: 'expired' },
    'payment.awaiting_deposit': { event: 'payment.awaiting_deposit' },
    'payment.failed': { event: 'payment.failed' },
  }),
  ...decide(each(FailReason.options, (failReason) => ({ event: 'payment.failed', failReason }))).map(
    ([reason, line]): Case => [`payment.failed, ${reason}`, line],
  ),
  ...decide({
    'payment.partially_cancelled': { event: 'payment.partially_cancelled', returned: 400 },
    'payment.cancelled': { event: 'payment.cancelled', returned: 13_600 },
    'payment.cancelled, of a sum nobody noted': { event: 'payment.cancelled' },
    'payment.rejected': { event: 'payment.rejected' },
  }),
  ...decide(each(StoryWhy.options, (why) => ({ event: 'payment.rejected', why }))).map(
    ([why, line]): Case => [`payment.rejected, ${why}`, line],
  ),
  ...decide({
    'payment.surplus': { event: 'payment.surplus' },
    'payment.returned': { event: 'payment.returned', returned: 14_000 },
    'order.expired': { event: 'order.expired', paymentId: null },
  }),
]

const ask = casesOf<'refund_decided'>({
  ...base,
  ...money,
  kind: 'refund_decided',
  cause: 'shop',
  note: null,
})
const refundDecided = [
  ...ask(each(CancelCause.options, (cause) => ({ cause }))),
  ...ask({
    'shop, with a note, by a key': { note: 'sold out', actor: key },
    'shop, with an empty note': { note: '' },
    'shop, of no known payment': { paymentId: null },
    'person, by a key': { cause: 'person', actor: key },
  }),
]

const tryOnce = casesOf<'refund_tried'>({
  ...base,
  ...money,
  kind: 'refund_tried',
  cancelId: 'shop:1',
  cause: 'shop',
  outcome: 'accepted',
  answer: null,
  times: 1,
  lastAt: at,
})
const refundTried = [
  ...tryOnce(each(StoryOutcome.options, (outcome) => ({ outcome }))),
  ...tryOnce({
    'refused, with an answer': { outcome: 'refused', answer: '한도초과' },
    'refused, twice': { outcome: 'refused', answer: '한도초과', times: 2, lastAt },
    'accepted, with an answer': { answer: 'ok' },
    'not_sent, four times': { outcome: 'not_sent', times: 4, lastAt },
    'an account': { cause: 'account', amount: 0 },
    'an account, refused': { cause: 'account', amount: 0, outcome: 'refused', answer: '불가' },
  }),
]

const refundDone = casesOf<'refund_done'>({
  ...base,
  ...money,
  kind: 'refund_done',
  cancelId: 'shop:1',
  cause: 'shop',
})({
  'of a payment': {},
  'of no known payment': { paymentId: null },
  'an account': { cause: 'account', amount: 0 },
})

const notClosed = casesOf<'account_not_closed'>({ ...base, kind: 'account_not_closed', answer: '불가' })({
  'with an answer': {},
  'without one': { answer: '' },
})

const open = casesOf<'review_opened'>({
  ...base,
  kind: 'review_opened',
  reviewId: 'late-imp_1',
  reason: 'late',
  atStake: 14_000,
  currency: 'KRW',
  note: 'what was seen',
})
const reviewOpened = [
  ...open(each(ReviewReason.options, (reason) => ({ reason }))),
  ...open(each(contradictions, (note) => ({ reason: 'contradiction', note }))).map(([what, line]): Case => [
    `contradiction, ${what}`,
    line,
  ]),
  ...open({ 'late, of no payment': { paymentId: null } }),
]

const end = casesOf<'review_ended'>({
  ...base,
  kind: 'review_ended',
  reviewId: 'late-imp_1',
  reason: 'late',
  end: 'dismiss',
  note: 'called the customer',
})
const reviewEnded = [
  ...end(each(ReviewEnd.options, (how) => ({ end: how }))),
  ...end({ 'dismiss, by a key': { actor: key } }),
]

const tell = casesOf<'notice'>({
  ...base,
  kind: 'notice',
  paymentId: null,
  noticeId: 'n-1',
  type: 'payment.paid',
  sequence: 1,
  answer: '200',
  state: 'delivered',
  times: 1,
  lastAt: at,
})
const notice = [
  ...tell(each(NoticeType.options, (type) => ({ type }))),
  ...tell({
    'confirmed twice': { times: 2, lastAt },
    'not tried yet': { state: 'waiting', answer: null, times: 0 },
    'no try is noted, though an answer is': { state: 'waiting', answer: '500', times: 0 },
    'a try is noted, though no answer is': { state: 'waiting', answer: null },
    'given up before any try': { state: 'parked', answer: null, times: 0 },
    'answered with an error': { state: 'waiting', answer: '500' },
    'answered with an error three times': { state: 'waiting', answer: '500', times: 3, lastAt },
    'not answered': { state: 'waiting', answer: 'timeout' },
    'not answered, in words that begin with a number': { state: 'waiting', answer: '30 s are over' },
    'not answered, in words that end with a number': { state: 'waiting', answer: 'port 443' },
    'given up after an error': { state: 'parked', answer: '410' },
    'given up after many errors': { state: 'parked', answer: '500', times: 12, lastAt },
  }),
]

const replayed = casesOf<'replayed'>({ ...base, kind: 'replayed', paymentId: null })({
  'by a key': { actor: key },
  'by nobody known': {},
})

/** All of them, by kind. */
const storyLines: ReadonlyArray<readonly [StoryKind, readonly Case[]]> = [
  ['registered', registered],
  ['changed', changed],
  ['closed', closed],
  ['claim', claims],
  ['looked', looked],
  ['contradicted', contradicted],
  ['agreed', agreed],
  ['decided', decided],
  ['refund_decided', refundDecided],
  ['refund_tried', refundTried],
  ['refund_done', refundDone],
  ['account_not_closed', notClosed],
  ['review_opened', reviewOpened],
  ['review_ended', reviewEnded],
  ['notice', notice],
  ['replayed', replayed],
]

const tables = {
  en: { 'states of an order': statusEn, 'what calls a person': reasonsEn, 'what a person can do': actionsEn },
  ko: { 'states of an order': statusKo, 'what calls a person': reasonsKo, 'what a person can do': actionsKo },
}

/** Every sentence under what it tells of: what a reader who knows the shop can proofread. */
function toldIn(language: StoryLanguage): string {
  const kinds = storyLines.map(([kind, cases]) => {
    const told = cases.map(([when, line]) => `${when}\n    ${storySentence(line, language)}`)
    return `== ${kind}\n\n${told.join('\n')}\n`
  })
  const words = Object.entries(tables[language]).map(
    ([name, table]) =>
      `== ${name}\n\n${Object.entries(table)
        .map(([word, told]) => `${word}: ${told}`)
        .join('\n')}\n`,
  )
  return [...kinds, ...words].join('\n')
}

describe('every sentence that a story can say is the one that was proofread', () => {
  test.each(['en', 'ko'] as const)('in %s', async (language) => {
    await expect(toldIn(language)).toMatchFileSnapshot(`../../test/story.${language}.txt`)
  })
})

describe('a story is read back whole', () => {
  const lines = storyLines.flatMap(([, cases]) => cases.map(([, line]) => line))

  test('each of its lines', () => {
    for (const line of lines) expect(StoryLine.parse(line)).toStrictEqual(line)
  })

  test('with its order’s id, and no order where nobody registered one', () => {
    const story = { orderId: 'ord-1001', order: null, gateway: null, lines, leftOut: 3 }
    expect(Story.parse(story)).toStrictEqual(story)
    for (const field of Object.keys(story))
      expect(Story.safeParse({ ...story, [field]: undefined }).success, field).toBe(false)
  })

  test('a line that lacks anything is none', () => {
    for (const line of lines)
      for (const field of Object.keys(line))
        expect(StoryLine.safeParse({ ...line, [field]: undefined }).success, `${line.kind} ${field}`).toBe(
          false,
        )
  })

  test('what is told of on a line of its own is no decision', () => {
    const decided = lines.find(({ kind }) => kind === 'decided')
    const events = NoticeType.options.filter((event) => !StoryLine.safeParse({ ...decided, event }).success)
    expect(events).toEqual(['order.closed', 'order.review', 'order.review_ended'])
  })

  test('nobody says anything by asking: a look by the timer, for a refund or for a person is no claim', () => {
    const claim = lines.find(({ kind }) => kind === 'claim')
    for (const door of ['timer', 'refund', 'person'])
      expect(StoryLine.safeParse({ ...claim, door }).success).toBe(false)
  })
})
