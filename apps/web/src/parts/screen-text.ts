import type { Screen } from '@landfall/payment-core'
import { checking } from '../checking-copy.ts'
import * as copy from '../copy.ts'
import type { Language, Line } from '../language.ts'
import { moneyText } from '../money-text.ts'

/** What a screen says in words: one heading, one lead, and what else there is to know. */
export type ScreenText = {
  readonly heading: string
  readonly lead: string
  readonly points: readonly string[]
  /** The gateway's own words: small print, text only. */
  readonly smallPrint: string | null
}

export function screenTextOf(screen: Screen, language: Language): ScreenText {
  const told = (
    { heading, lead }: copy.Told,
    points: readonly string[] = [],
    smallPrint: string | null = null,
  ): ScreenText => ({ heading: heading[language], lead: lead[language], points, smallPrint })
  switch (screen.kind) {
    case 'checking':
      return told(checking[screen.because])
    case 'paid':
      return told(copy.paid, extraPaid(screen, language))
    case 'awaiting_deposit':
      // Withheld from this viewer, or not told by the gateway: «this account» would be nowhere on the page.
      return (screen.account?.number ?? null) === null
        ? told({ heading: copy.awaitingDeposit.heading, lead: copy.awaitingDepositWithheld })
        : told(copy.awaitingDeposit)
    case 'failed': {
      const { points, ...failure } = failureOf(screen)
      return told(
        failure,
        points.map((point) => point[language]),
        screen.message,
      )
    }
    case 'partially_cancelled':
      return told(copy.partiallyCancelled)
    case 'cancelled':
      return told(copy.cancelled[screen.because], screen.orderAnew ? [copy.orderAnew[language]] : [])
    case 'expired':
      return told(copy.expired[screen.because], [copy.expiredButPaid[screen.because][language]])
    case 'returning': {
      const way = screen.isOnItsWay
        ? { heading: copy.returningHeading, lead: copy.nothingToDo }
        : copy.returningByShop
      return told({ heading: way.heading, lead: joined(copy.returning[screen.because], way.lead) })
    }
    case 'not_found':
      return told(copy.notFound)
  }
}

const joined = (first: Line, second: Line): Line => ({
  ko: `${first.ko} ${second.ko}`,
  en: `${first.en} ${second.en}`,
})

/**
 * Why nothing was paid and what to do now. «Already paid» is the one reason under which money may well have been taken; where the number is spent
 * no other sentence may speak of paying again (M-32).
 */
function failureOf({ reason, orderAnew }: Extract<Screen, { kind: 'failed' }>): copy.Told & {
  points: readonly Line[]
} {
  const [heading, lead] = [copy.failedHeading, copy.failed[reason]]
  if (reason === 'already_paid')
    return { heading: copy.alreadyPaidHeading, lead, points: copy.askBeforeOrderingAnew }
  return orderAnew
    ? { heading, lead: copy.failedForGood, points: [copy.orderAnew] }
    : { heading, lead, points: [copy.nothingTaken] }
}

function extraPaid(screen: Extract<Screen, { kind: 'paid' }>, language: Language): string[] {
  const { goesBack, withShop, order } = screen
  if (order === null) return []
  const sum = (amount: number): string => moneyText(amount, order.currency, language)
  return [
    ...(goesBack > 0 ? [copy.goesBack[language](sum(goesBack))] : []),
    ...(withShop > 0 ? [copy.withShop[language](sum(withShop))] : []),
  ]
}
