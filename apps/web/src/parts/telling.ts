import type { Screen } from '@landfall/payment-core'
import * as copy from '../copy.ts'
import type { Language } from '../language.ts'
import { moneyText } from '../money-text.ts'

/** What a screen says in words: one heading, one lead, and what else there is to know. */
export type Telling = {
  readonly heading: string
  readonly lead: string
  readonly points: readonly string[]
  /** The gateway's own words: small print, text only. */
  readonly smallPrint: string | null
}

export function tellingOf(screen: Screen, language: Language): Telling {
  const told = (
    { heading, lead }: copy.Told,
    points: readonly string[] = [],
    smallPrint: string | null = null,
  ): Telling => ({ heading: heading[language], lead: lead[language], points, smallPrint })
  switch (screen.kind) {
    case 'checking':
      return told(copy.checking[screen.because])
    case 'paid':
      return told(copy.paid, extraPaid(screen, language))
    case 'awaiting_deposit':
      // Withheld from this viewer, or not told by the gateway: «this account» would be nowhere on the page.
      return (screen.account?.number ?? null) === null
        ? told({ heading: copy.awaitingDeposit.heading, lead: copy.awaitingDepositWithheld })
        : told(copy.awaitingDeposit)
    case 'failed': {
      // «Already paid» is the one reason under which money may well have been taken.
      const points = screen.reason === 'already_paid' ? [] : [copy.nothingTaken[language]]
      return told({ heading: copy.failedHeading, lead: copy.failed[screen.reason] }, points, screen.message)
    }
    case 'partially_cancelled':
      return told(copy.partiallyCancelled)
    case 'cancelled':
      return told(copy.cancelled[screen.because])
    case 'expired':
      return told(copy.expired)
    case 'returning':
      return told({ heading: copy.returningHeading, lead: copy.returning[screen.because] })
    case 'not_found':
      return told(copy.notFound)
  }
}

function extraPaid(screen: Extract<Screen, { kind: 'paid' }>, language: Language): string[] {
  if (screen.goesBack <= 0 || screen.order === null) return []
  return [copy.goesBack[language](moneyText(screen.goesBack, screen.order.currency, language))]
}
