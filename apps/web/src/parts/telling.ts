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
      const lead = screen.orderAnew && !mayBePaid(screen) ? copy.failedForGood : copy.failed[screen.reason]
      const points = mayBePaid(screen) || screen.orderAnew ? [] : [copy.nothingTaken[language]]
      return told(
        { heading: copy.failedHeading, lead },
        [...points, ...wayOn(screen, language)],
        screen.message,
      )
    }
    case 'partially_cancelled':
      return told(copy.partiallyCancelled)
    case 'cancelled':
      return told(copy.cancelled[screen.because], wayOn(screen, language))
    case 'expired':
      return told(copy.expired)
    case 'returning':
      return screen.isOnItsWay
        ? told({ heading: copy.returningHeading, lead: copy.returning[screen.because] })
        : told(copy.returningByShop)
    case 'not_found':
      return told(copy.notFound)
  }
}

/** «Already paid» is the one reason under which money may well have been taken. */
const mayBePaid = ({ reason }: Extract<Screen, { kind: 'failed' }>): boolean => reason === 'already_paid'

const wayOn = (screen: { readonly orderAnew: boolean }, language: Language): string[] =>
  screen.orderAnew ? [copy.orderAnew[language]] : []

function extraPaid(screen: Extract<Screen, { kind: 'paid' }>, language: Language): string[] {
  const { goesBack, withShop, order } = screen
  if (order === null) return []
  const sum = (amount: number): string => moneyText(amount, order.currency, language)
  return [
    ...(goesBack > 0 ? [copy.goesBack[language](sum(goesBack))] : []),
    ...(withShop > 0 ? [copy.withShop[language](sum(withShop))] : []),
  ]
}
