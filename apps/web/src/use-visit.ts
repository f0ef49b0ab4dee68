import type { ReturnFields, ShownScreen } from '@landfall/payment-core'
import { useEffect, useEffectEvent, useReducer, useState } from 'preact/compat'
import { askProblemOf, type Api } from './api.ts'
import { isAnswerDue, isSlow, SLOW_AFTER_MS } from './result-view.ts'
import { visitFrom, visitStep, type Visit, type VisitEvent } from './visit.ts'

/** The page's input: a view token, a return's fields, or both; and the screen, if the server wrote it into the page. */
export type Arrival = {
  readonly token: string | null
  readonly fields: ReturnFields | null
  readonly shown: ShownScreen | null
}

type Visiting = {
  readonly visit: Visit
  /** A check that the customer requested is in progress. */
  readonly busy: boolean
  /** How many such checks have ended. */
  readonly checks: number
  readonly checkAgain: () => void
}

/** Connects `visit.ts` to the clock, the network and the page's events. */
export function useVisit(api: Api, arrival: Arrival): Visiting {
  const [visit, step] = useReducer(
    (state: Visit, { event, nowMs }: { event: VisitEvent; nowMs: number }) => visitStep(state, event, nowMs),
    arrival.shown,
    (shown) => visitFrom(shown, Date.now()),
  )
  const send = (event: VisitEvent): void => step({ event, nowMs: Date.now() })
  const token = visit.shown?.token ?? arrival.token

  /** A known token means that the server has accepted the claim, so the request omits it. */
  const verify = (signal: AbortSignal): Promise<ShownScreen> =>
    api.verify(visit.shown === null ? { ...arrival.fields, token } : { token }, signal)
  const poll = (signal: AbortSignal): Promise<ShownScreen> =>
    token === null ? verify(signal) : api.screen(token, signal)
  const listen = (): (() => void) =>
    token === null
      ? () => undefined
      : api.watch(token, {
          onOpen: () => send({ type: 'opened' }),
          onScreen: (shown) => send({ type: 'heard', shown }),
          onEnd: () => send({ type: 'broke' }),
        })
  useFollow(visit, { verify, poll, listen, send })

  const [busy, setBusy] = useState(false)
  const [checks, setChecks] = useState(0)
  const checkAgain = (): void => {
    setBusy(true)
    const { signal } = new AbortController()
    tell(verify(signal), signal, send, () => {
      setBusy(false)
      setChecks((count) => count + 1)
    })
  }
  return { visit, busy, checks, checkAgain }
}

type Send = (event: VisitEvent) => void
type Ways = {
  verify: (signal: AbortSignal) => Promise<ShownScreen>
  poll: (signal: AbortSignal) => Promise<ShownScreen>
  listen: () => () => void
  send: Send
}

/** Each state has one effect. Its cleanup ends the requests of that state. */
function useFollow({ follow }: Visit, ways: Ways): void {
  const verify = useEffectEvent(ways.verify)
  const poll = useEffectEvent(ways.poll)
  const listen = useEffectEvent(ways.listen)
  const send = useEffectEvent(ways.send)

  const asks = follow.at === 'asking' || follow.at === 'polling' ? follow.at : null
  useEffect(() => {
    if (asks === null) return
    const aborter = new AbortController()
    const answer = asks === 'asking' ? verify(aborter.signal) : poll(aborter.signal)
    tell(answer, aborter.signal, (event) => send(event))
    return () => aborter.abort()
  }, [asks])

  const listens = follow.at === 'opening' || follow.at === 'streaming'
  useEffect(() => (listens ? listen() : undefined), [listens])

  const dueAtMs = 'untilMs' in follow ? follow.untilMs : null
  useEffect(() => {
    if (dueAtMs === null) return
    const timer = setTimeout(() => send({ type: 'due' }), Math.max(0, dueAtMs - Date.now()))
    return () => clearTimeout(timer)
  }, [dueAtMs])

  useEffect(() => {
    const aborter = new AbortController()
    const { signal } = aborter
    const seen = (): void => send({ type: 'seen' })
    const hidden = (): void => send({ type: 'hidden' })
    document.addEventListener('visibilitychange', () => (document.hidden ? hidden() : seen()), { signal })
    // A page with an open stream does not enter the back-forward cache.
    window.addEventListener('pagehide', hidden, { signal })
    const restored = (): void => send({ type: 'restored' })
    window.addEventListener('pageshow', (event) => (event.persisted ? restored() : undefined), { signal })
    window.addEventListener('online', seen, { signal })
    return () => aborter.abort()
  }, [])
}

function tell(answer: Promise<ShownScreen>, signal: AbortSignal, send: Send, after?: () => void): void {
  answer.then(
    (shown) => {
      if (signal.aborted) return
      send({ type: 'told', shown })
      after?.()
    },
    (error: unknown) => {
      if (signal.aborted) return
      send({ type: 'unanswered', problem: askProblemOf(error) })
      after?.()
    },
  )
}

/** True after ten seconds of *checking*, counted by the server's clock from the start of the wait. */
export function useSlow(visit: Visit): boolean {
  const { shown } = visit
  const checking = shown === null || isAnswerDue(shown)
  const sinceMs = shown?.kind === 'checking' ? shown.sinceMs : null
  const [slow, setSlow] = useState(() => shown !== null && isSlow(shown))
  const waitedMs = useEffectEvent(() => (shown === null || sinceMs === null ? 0 : shown.atMs - sinceMs))
  useEffect(() => {
    if (!checking) return
    const timer = setTimeout(() => setSlow(true), Math.max(0, SLOW_AFTER_MS - waitedMs()))
    return () => {
      clearTimeout(timer)
      setSlow(false)
    }
  }, [checking, sinceMs])
  return checking && slow
}

const TICK_MS = 10_000

/** Estimates the server's time: the time of the screen plus the time since. It updates only while the screen has a deadline. */
export function useServerNow(shown: ShownScreen | null): number {
  const atMs = shown?.atMs ?? 0
  const counts = shown?.kind === 'awaiting_deposit' && shown.account?.dueAtMs != null
  const [passed, setPassed] = useState({ atMs, ms: 0 })
  useEffect(() => {
    if (!counts) return
    const heardAtMs = Date.now()
    const timer = setInterval(() => setPassed({ atMs, ms: Date.now() - heardAtMs }), TICK_MS)
    return () => clearInterval(timer)
  }, [atMs, counts])
  return atMs + (passed.atMs === atMs ? Math.max(0, passed.ms) : 0)
}
