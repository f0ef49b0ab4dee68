import type { Checkout, GatewayName, VerifyInput } from '@landfall/payment-core'
import { useEffect, useEffectEvent, useState } from 'preact/compat'
import { askProblemOf, type Api, type AskProblem } from './api.ts'
import { payV1 } from './portone-v1/checkout.ts'
import { payV2 } from './portone-v2/checkout.ts'
import type { Language } from './language.ts'
import { completePath, resultPath } from './paths.ts'
import type { ShopProblem } from './shop-copy.ts'

/** The state of a purchase. `at` is the product or the order that the customer chose. */
export type BuyingState =
  | { readonly phase: 'idle'; readonly at: null }
  | { readonly phase: 'opening' | 'settling'; readonly at: string }
  | { readonly phase: 'problem'; readonly at: null; readonly problem: ShopProblem }

export type Buying = {
  readonly state: BuyingState
  readonly isBusy: boolean
  readonly buy: (productId: string, gateway: GatewayName | null) => void
  readonly payFor: (checkout: Checkout) => void
}

const idle: BuyingState = { phase: 'idle', at: null }

export function useBuying(api: Api, language: Language): Buying {
  const [state, setState] = useState<BuyingState>(idle)
  const isBusy = state.phase === 'opening' || state.phase === 'settling'

  // After the back button, the browser restores this page in the state in which the customer left it.
  useEffect(() => {
    const aborter = new AbortController()
    const onShow = (event: PageTransitionEvent): void => (event.persisted ? setState(idle) : undefined)
    window.addEventListener('pageshow', onShow, { signal: aborter.signal })
    return () => aborter.abort()
  }, [])

  const fail = (problem: ShopProblem): void => setState({ phase: 'problem', at: null, problem })
  const openFor = (checkout: Checkout, at: string): void => {
    openWindow(checkout, language).then(
      async (fields) => {
        setState({ phase: 'settling', at })
        location.assign(await settle(api, checkout, fields))
      },
      () => fail('window'),
    )
  }
  const begin = (at: string, checkout: Promise<Checkout>): void => {
    if (isBusy) return
    setState({ phase: 'opening', at })
    checkout.then(
      (found) => openFor(found, at),
      (error: unknown) => fail(askProblemOf(error)),
    )
  }
  return {
    state,
    isBusy,
    buy: (productId, gateway) =>
      isBusy
        ? undefined
        : begin(productId, api.order({ productId, ...(gateway === null ? {} : { gateway }) })),
    payFor: (checkout) => begin(checkout.orderId, Promise.resolve(checkout)),
  }
}

type SaidByWindow = Omit<VerifyInput, 'token'>

/** Opens the window of the order's protocol, and resolves with what it says. */
const openWindow = (checkout: Checkout, language: Language): Promise<SaidByWindow> =>
  checkout.gateway === 'portone-v1'
    ? payV1(checkout, language, navigator.userAgent)
    : payV2(checkout, language)

/**
 * Sends the callback's claim to the server and returns the address of the result page. The result page is a new load, so that the
 * gateway's script does not run in it. When the request fails, the returned address is the return route with the claim in its query.
 */
const settle = (api: Api, checkout: Checkout, fields: SaidByWindow): Promise<string> =>
  api.verify({ ...fields, token: checkout.token }, AbortSignal.timeout(SETTLE_TIMEOUT_MS)).then(
    (shown) => resultPath(shown.token),
    () => completePath(checkout.token, fields),
  )
const SETTLE_TIMEOUT_MS = 8_000

export type Loaded<T> =
  | { readonly at: 'loading' }
  | { readonly at: 'there'; readonly value: T }
  | { readonly at: 'failed'; readonly problem: AskProblem }

/** Loads once at the start, and again on request. */
export function useLoaded<T>(ask: (signal: AbortSignal) => Promise<T>): {
  loaded: Loaded<T>
  again: () => void
} {
  const [round, setRound] = useState(0)
  const [loaded, setLoaded] = useState<Loaded<T>>({ at: 'loading' })
  const start = useEffectEvent(ask)
  useEffect(() => {
    const aborter = new AbortController()
    const { signal } = aborter
    start(signal).then(
      (value) => (signal.aborted ? undefined : setLoaded({ at: 'there', value })),
      (error: unknown) =>
        signal.aborted ? undefined : setLoaded({ at: 'failed', problem: askProblemOf(error) }),
    )
    return () => aborter.abort()
  }, [round])
  const again = (): void => {
    setLoaded({ at: 'loading' })
    setRound((count) => count + 1)
  }
  return { loaded, again }
}
