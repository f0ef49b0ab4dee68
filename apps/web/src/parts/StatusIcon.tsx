import type { ScreenKind } from '@landfall/payment-core'
import type { ReactElement } from 'preact/compat'

/** Each kind has its own shape, so that colour alone carries no meaning. The heading states the same in words. */
const shapes = {
  checking: (
    <g className="dots">
      <circle cx="24" cy="36" r="4" />
      <circle cx="36" cy="36" r="4" />
      <circle cx="48" cy="36" r="4" />
    </g>
  ),
  paid: <path d="M23 37.5l9 9 17.5-19.5" />,
  awaiting_deposit: <path d="M20 31l16-9 16 9zM25 33v13M36 33v13M47 33v13M20 49h32" />,
  failed: <path d="M36 22v19M36 49v.6" />,
  partially_cancelled: <path d="M27 45a12.7 12.7 0 1 0-3.5-9.5M22.500 26l.8 9.600 9.200-1.400M36 30v7h6" />,
  cancelled: <path d="M30 24l-8 8 8 8M22 32h18a9 9 0 0 1 0 18h-8" />,
  expired: <path d="M27 22h18M27 50h18M29 22c0 8 7 9 7 14s-7 6-7 14M43 22c0 8-7 9-7 14s7 6 7 14" />,
  returning: <path d="M30 21l-8 8 8 8M22 29h26M42 35l8 8-8 8M50 43H24" />,
  not_found: <path d="M33 23a10 10 0 1 1 0 20 10 10 0 0 1 0-20zM40.500 40.500L50 50" />,
} satisfies Record<ScreenKind, ReactElement>
/** A closed order did not run out of time, so it gets no hourglass. */
const calledOff = <path d="M27 27l18 18M45 27L27 45" />

type Sign = { kind: ScreenKind; isCalledOff?: boolean }

export function StatusIcon({ kind, isCalledOff = false }: Sign): ReactElement {
  return (
    <svg
      className="status-icon"
      viewBox="0 0 72 72"
      width="72"
      height="72"
      aria-hidden="true"
      focusable="false"
    >
      <circle className="disc" cx="36" cy="36" r="36" />
      {kind === 'checking' ? <circle className="ring" cx="36" cy="36" r="33" /> : null}
      <g className="mark">{isCalledOff ? calledOff : shapes[kind]}</g>
    </svg>
  )
}
