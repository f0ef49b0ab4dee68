import type { Screen } from '@landfall/payment-core'
import { checking } from '../checking-copy.ts'
import * as copy from '../copy.ts'
import type { Language, Line } from '../language.ts'
import { moneyText } from '../money-text.ts'

/** The text of a screen: a heading, a lead and further points. */
export type ScreenText = {
  readonly heading: string
  readonly lead: string
  readonly points: readonly string[]
  /** The gateway's message, shown in small print as text only. */
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
      // The page shows no account, so the text must not refer to one. The viewer may not see it, or the gateway did not send it.
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
 * Says why the payment failed and what to do next. «Already paid» is the only reason under which money may have been taken. When the order
 * number was paid before, no sentence may suggest to pay again (M-32).
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
