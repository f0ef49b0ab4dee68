import { expect, test } from 'vitest'
import type { ShownScreen } from '@landfall/payment-core'
import { samples } from '../testing/screen-samples.ts'
import {
  OPEN_TIMEOUT_MS,
  POLL_MAX_MS,
  visitBegun,
  visitFrom,
  visitStep,
  type Visit,
  type VisitEvent,
} from './visit.ts'

const shownAt = (atMs: number, final = false): ShownScreen => ({
  ...(final ? samples.paid : samples.checking),
  token: 't',
  final,
  shopUrl: null,
  tryAgainUrl: null,
  atMs,
})
const run = (events: readonly VisitEvent[], from: Visit = visitBegun, nowMs = 0): Visit =>
  events.reduce((visit, event) => visitStep(visit, event, nowMs), from)
const told = (atMs = 1, final = false): VisitEvent => ({ type: 'told', shown: shownAt(atMs, final) })
const heard = (atMs = 1, final = false): VisitEvent => ({ type: 'heard', shown: shownAt(atMs, final) })
const silence: VisitEvent = { type: 'unanswered', problem: 'offline' }

test('a visit starts with a request, and a final answer ends it without a stream', () => {
  expect(visitBegun.follow.at).toBe('asking')
  expect(run([told(1, true)]).follow.at).toBe('over')
})

test('a page that contains its screen sends a request at once only while it is checking', () => {
  const deposit: ShownScreen = { ...shownAt(1), ...samples.awaiting_deposit }
  expect(visitFrom(shownAt(1, true), 9).follow.at).toBe('over')
  expect(visitFrom(deposit, 9).follow).toEqual({ at: 'opening', untilMs: 9 + OPEN_TIMEOUT_MS })
  expect(visitFrom(shownAt(1), 9)).toMatchObject({ follow: { at: 'asking' }, shown: { kind: 'checking' } })
  expect(visitFrom(null, 9)).toEqual(visitBegun)
})

test('P-07: a page from the back-forward cache asks again, even with a final screen', () => {
  expect(run([told(1, true), { type: 'restored' }]).follow.at).toBe('asking')
})

test('an answer that is not final opens the stream, and a final screen from the stream ends the visit', () => {
  const opening = run([told()])
  expect(opening.follow).toEqual({ at: 'opening', untilMs: OPEN_TIMEOUT_MS })
  expect(run([{ type: 'opened' }], opening).follow.at).toBe('streaming')
  expect(run([{ type: 'opened' }, heard(2, true)], opening)).toMatchObject({
    follow: { at: 'over' },
    shown: { kind: 'paid' },
  })
})

test('after a broken stream the page polls in 2 s, and an answer opens the stream again', () => {
  const broken = run([told(), { type: 'opened' }, { type: 'broke' }], visitBegun, 1_000)
  expect(broken.follow).toEqual({ at: 'waiting', untilMs: 3_000 })
  const polling = run([{ type: 'due' }], broken)
  expect(polling.follow.at).toBe('polling')
  expect(run([told(2)], polling).follow.at).toBe('opening')
})

test('each failed poll waits longer, up to 10 s, and a screen from the stream resets the wait', () => {
  let visit = run([told(), { type: 'broke' }])
  const delays: number[] = []
  for (let round = 0; round < 6; round++) {
    delays.push(visit.follow.at === 'waiting' ? visit.follow.untilMs : -1)
    visit = run([{ type: 'due' }, silence], visit)
  }
  expect(delays).toEqual([2_000, 4_000, 8_000, POLL_MAX_MS, POLL_MAX_MS, POLL_MAX_MS])
  const again = run([{ type: 'due' }, told(5), heard(6), { type: 'broke' }], visit)
  expect(again.follow).toEqual({ at: 'waiting', untilMs: 2_000 })
})

test('a stream that sends nothing in time is closed', () => {
  expect(run([told(), { type: 'due' }]).follow.at).toBe('waiting')
})

test('a hidden page sends no requests, and sends one as soon as it is visible', () => {
  const hidden = run([told(), { type: 'opened' }, { type: 'hidden' }])
  expect(hidden.follow.at).toBe('away')
  expect(run([{ type: 'due' }, { type: 'broke' }, { type: 'opened' }], hidden).follow.at).toBe('away')
  expect(run([{ type: 'seen' }], hidden).follow.at).toBe('asking')
})

test('a final screen stays, whether the page is hidden, shown or loses the network', () => {
  const over = run([told(1, true)])
  const events: VisitEvent[] = [{ type: 'hidden' }, { type: 'seen' }, { type: 'due' }, { type: 'broke' }]
  expect(run(events, over)).toEqual(over)
})

test('without a network the last screen stays, and the page asks again when the network is back', () => {
  const lost = run([told(), { type: 'broke' }, { type: 'due' }, silence])
  expect(lost).toMatchObject({ shown: { kind: 'checking' }, trouble: 'offline', follow: { at: 'waiting' } })
  const back = run([{ type: 'seen' }], lost)
  expect(back.follow.at).toBe('asking')
  expect(run([told(9)], back).trouble).toBeNull()
})

test('before the first answer, a time-out is followed by a wait and a second attempt to send the claim', () => {
  expect(run([silence, { type: 'due' }]).follow.at).toBe('asking')
})

test('a refusal without a known screen ends in *not found*; with one it shows trouble', () => {
  const refusal: VisitEvent = { type: 'unanswered', problem: 'refused' }
  expect(run([refusal])).toMatchObject({ refused: true, follow: { at: 'over' } })
  expect(run([told(), refusal])).toMatchObject({
    refused: false,
    trouble: 'trouble',
    shown: { kind: 'checking' },
  })
})

test('of two answers the one read later counts, whichever arrives last', () => {
  const visit = run([told(5, true), told(3)])
  expect(visit.shown).toMatchObject({ kind: 'paid', atMs: 5 })
  expect(visit.follow.at).toBe('over')
  expect(run([told(), heard(7, true), heard(4)]).shown?.atMs).toBe(7)
})
