import type { Checkout, GatewayName, Product } from '@landfall/payment-core'
import { useState, type ReactElement } from 'preact/compat'
import type { Api } from '../api.ts'
import type { Language } from '../language.ts'
import { moneyText } from '../money-text.ts'
import { LanguageSwitch } from '../parts/LanguageSwitch.tsx'
import { ProductCard } from '../parts/ProductCard.tsx'
import { HeroIllustration } from '../parts/HeroIllustration.tsx'
import { shopPath } from '../paths.ts'
import { payAmount, problems, retry, shop } from '../shop-copy.ts'
import { useBuying, useLoaded, type Buying, type Loaded } from '../use-buying.ts'
import { useTitle } from '../use-title.ts'
import './shop.css'

type ShopProps = {
  api: Api
  /** The order to pay again. Null: show the products. */
  orderId: string | null
  language: Language
  onLanguage: (language: Language) => void
}

/** The demo shop. */
export function Shop({ api, orderId, language, onLanguage }: ShopProps): ReactElement {
  const buying = useBuying(api, language)
  useTitle(shop.name[language])
  return (
    <div className="page shop">
      <header className="page-head">
        <a className="shop-name" href={shopPath}>
          <img src="/icon.svg" alt="" width="28" height="28" />
          {shop.name[language]}
        </a>
        <LanguageSwitch language={language} onChoose={onLanguage} />
      </header>
      <main data-kind={orderId === null ? 'shop' : 'pay_again'}>
        {orderId === null ? (
          <Shelf api={api} language={language} buying={buying} />
        ) : (
          <PayAgain api={api} orderId={orderId} language={language} buying={buying} />
        )}
        <BuyingState buying={buying} language={language} />
      </main>
      <footer className="shop-foot">{shop.demo[language]}</footer>
    </div>
  )
}

type PartProps = { api: Api; language: Language; buying: Buying }

function Shelf({ api, language, buying }: PartProps): ReactElement {
  const { loaded, again } = useLoaded((signal) =>
    Promise.all([api.products(signal), api.gateways(signal)]).then(([products, gateways]) => ({
      products,
      gateways,
    })),
  )
  const [gateway, setGateway] = useState<GatewayName | null>(null)
  return (
    <>
      <section className="welcome">
        <HeroIllustration />
        <h1>{shop.heading[language]}</h1>
        <p>{shop.lead[language]}</p>
      </section>
      <Awaited<Offer> loaded={loaded} again={again} waiting={shop.loading[language]} language={language}>
        {({ products, gateways }) => (
          <>
            {gateways.length > 1 ? (
              <ProtocolSwitch
                gateways={gateways}
                chosen={gateway ?? gateways[0] ?? null}
                language={language}
                onChoose={setGateway}
              />
            ) : null}
            <div className="shelf">
              {products.map((product, index) => (
                <ProductCard
                  key={product.productId}
                  product={product}
                  index={index}
                  language={language}
                  busy={buying.state.at === product.productId}
                  blocked={buying.isBusy}
                  onBuy={() => buying.buy(product.productId, gateway)}
                />
              ))}
            </div>
          </>
        )}
      </Awaited>
    </>
  )
}

type Offer = { products: Product[]; gateways: GatewayName[] }

type SwitchProps = {
  gateways: readonly GatewayName[]
  chosen: GatewayName | null
  language: Language
  onChoose: (gateway: GatewayName) => void
}

/** Chooses the protocol of the next order, where the shop has both. */
function ProtocolSwitch({ gateways, chosen, language, onChoose }: SwitchProps): ReactElement {
  return (
    <fieldset className="protocols">
      <legend>{shop.protocol[language]}</legend>
      {gateways.map((gateway) => (
        <label key={gateway}>
          <input
            type="radio"
            name="gateway"
            value={gateway}
            checked={gateway === chosen}
            onChange={() => onChoose(gateway)}
          />
          {protocolNames[gateway]}
        </label>
      ))}
    </fieldset>
  )
}
const protocolNames: Readonly<Record<GatewayName, string>> = {
  'portone-v1': 'PortOne V1',
  'portone-v2': 'PortOne V2',
}

function PayAgain({ api, orderId, language, buying }: PartProps & { orderId: string }): ReactElement {
  const { loaded, again } = useLoaded(() => api.order({ orderId }))
  return (
    <Awaited<Checkout> loaded={loaded} again={again} waiting={retry.finding[language]} language={language}>
      {(checkout) => (
        <section className="pay-again">
          <h1>{retry.heading[language]}</h1>
          <p>{retry.lead[language]}</p>
          <p className="pay-again-name">{checkout.name}</p>
          <p className="pay-again-amount">{moneyText(checkout.amount, checkout.currency, language)}</p>
          <button
            type="button"
            className="buy"
            aria-disabled={buying.isBusy}
            onClick={() => buying.payFor(checkout)}
          >
            {payAmount[language](moneyText(checkout.amount, checkout.currency, language))}
          </button>
          <a className="action quiet" href={shopPath}>
            {retry.others[language]}
          </a>
        </section>
      )}
    </Awaited>
  )
}

type AwaitedProps<T> = {
  loaded: Loaded<T>
  again: () => void
  waiting: string
  language: Language
  children: (value: T) => ReactElement
}

function Awaited<T>({ loaded, again, waiting, language, children }: AwaitedProps<T>): ReactElement {
  if (loaded.at === 'there') return children(loaded.value)
  if (loaded.at === 'loading') return <p className="shop-waiting">{waiting}</p>
  return (
    <div className="shop-problem" role="alert">
      <p>{problems[loaded.problem][language]}</p>
      {loaded.problem === 'refused' ? (
        <a className="action" href={shopPath}>
          {retry.others[language]}
        </a>
      ) : (
        <button type="button" className="action" onClick={again}>
          {shop.reload[language]}
        </button>
      )}
    </div>
  )
}

/** Shows the state of the purchase. The element is always present, because screen readers announce changes only in an existing live region. */
function BuyingState({ buying, language }: { buying: Buying; language: Language }): ReactElement {
  const { state } = buying
  return (
    <div className="buying" role="status" data-state={state.phase}>
      {state.phase === 'opening' || state.phase === 'settling' ? <p>{shop[state.phase][language]}</p> : null}
      {state.phase === 'problem' ? (
        <p className="buying-problem">{problems[state.problem][language]}</p>
      ) : null}
    </div>
  )
}
