import { atTheGateway, toTheWorld } from './events.ts'
import { isOfTheWorld, isSpoken, type Item, type SpokenItem } from './story.ts'
import {
  askingBack,
  comingBack,
  intruding,
  looking,
  registration,
  replaying,
  returnUrlIn,
  screenIn,
  spokenBy,
  STRANGERS_TEXT,
  webhook,
  type Said,
} from './people.ts'
import { callOff, endReview } from './person-acts.ts'
import { must } from './safety.ts'
import type { Scene } from './scene.ts'
import { checkScreen, heldOf, type HeldBefore } from './screens.ts'

/** Does one item of the plan. What its moment does not allow does nothing. */
export function act(scene: Scene, item: Item): void {
  if (isSpoken(item)) speak(scene, item)
  else if (isOfTheWorld(item)) toTheWorld(scene, item)
  else atTheGateway(scene, item)
}

/** Everybody who talks to a server. */
function speak(scene: Scene, item: SpokenItem): void {
  const { ask, links } = scene
  switch (item.do) {
    case 'register':
      return ask(registration(item, expiryOf(scene, item)), (said) => registered(scene, item, said))
    case 'hook':
      return ask(webhook(item), ({ status }) => {
        const mayBeNews = item.status !== 'paid' && item.status !== 'ready'
        if (status === 200) stored(scene, item, mayBeNews)
        scene.marks.hit(`a webhook is answered with ${status}`)
      })
    case 'return': {
      const before = heldOf(scene, item.orderId)
      if (item.how !== 'bare' && links.has(item.orderId)) spoke(scene, item.orderId, spokenBy(item))
      return ask(comingBack(item, links.get(item.orderId) ?? null), (said) =>
        cameBack(scene, item, said, before),
      )
    }
    case 'screen':
    case 'check_again':
    case 'reconcile':
    case 'order': {
      const question = looking(item, links.get(item.orderId) ?? null)
      if (question === null) return
      const before = heldOf(scene, item.orderId)
      return ask(question, ({ status, text }) => {
        if (status === 200 && question.from === 'buyer') shown(scene, item.orderId, text, before)
      })
    }
    case 'ask_back':
      return ask(askingBack(item), ({ status, text }) => {
        const wish = item.impUid === undefined ? 'wish for money back' : 'wish about a named payment'
        scene.marks.hit(`the shop's ${wish} is answered with ${status}`)
        if (status === 200)
          must(scene.books.cancels.has(intentIn(text)), 'S-10', () => `${text} is not stored`)
      })
    case 'close':
      return callOff(scene, item)
    case 'resolve':
      return endReview(scene, item)
    case 'stranger':
      return intrude(scene, item)
    case 'replay':
      scene.shop.inOrder = false
      return ask(replaying(item.at, scene.servers[item.at].nowMs), () =>
        scene.marks.hit('notices are told again'),
      )
  }
}

function spoke({ spoken }: Scene, orderId: string, words: string): void {
  const known = spoken.get(orderId) ?? new Set()
  spoken.set(orderId, known.add(words))
}

/** Somebody else's word about this order; and where it comes through the link of another order, that one's own. */
function intrude(scene: Scene, item: Extract<SpokenItem, { do: 'stranger' }>): void {
  const { links, strangers, marks } = scene
  const isOthers = item.otherOrderId !== item.orderId
  const others = isOthers ? (links.get(item.otherOrderId) ?? null) : null
  const token = strangers.get(item.orderId) ?? null
  const question = intruding(item, { own: links.get(item.orderId) ?? null, others, token })
  if (question === null) return
  if (item.how === 'other_link') spoke(scene, item.otherOrderId, `${item.impUid} failure ${STRANGERS_TEXT}`)
  scene.ask(question, ({ status, location }) => {
    marks.hit(`a stranger's return (${item.how}) is answered with ${status}`)
    const given = location?.split('/').at(-1)
    if (given !== undefined && item.how.startsWith('by_')) strangers.set(item.orderId, given)
  })
}

function expiryOf(
  { plan, startMs }: Scene,
  { orderId, terms }: Extract<SpokenItem, { do: 'register' }>,
): number | null {
  const planned = plan.orders.find((order) => order.orderId === orderId)?.expiresInMs ?? null
  const expiresInMs = terms?.expiresInMs ?? planned
  return expiresInMs === null ? null : startMs + expiresInMs
}

function registered(
  scene: Scene,
  { orderId, terms }: Extract<SpokenItem, { do: 'register' }>,
  { status, text }: Said,
): void {
  const kind = terms === undefined ? 'a registration' : 'a registration on other terms'
  scene.marks.hit(`${kind} is answered with ${status}`)
  if (status !== 200) return
  must(scene.books.orders.has(orderId), 'S-10', () => `${orderId} is registered and not stored`)
  const link = returnUrlIn(text)
  const known = scene.links.get(orderId)
  // A link lives as long as its order: another deadline is another link, and both lead to it.
  const mayDiffer = scene.plan.items.some(
    (each) => each.do === 'register' && each.orderId === orderId && each.terms !== undefined,
  )
  must(
    link !== null && (known === undefined || known === link || mayDiffer),
    'M-04',
    () => `${orderId} has two links`,
  )
  if (link !== null) scene.links.set(orderId, link)
}

/**
 * A claim whose taking in was acknowledged is there, whatever has happened since: by itself, or in the one that stands for a crowd of them,
 * «look at this order»; or the payment is recorded as paid, which is all that the claim says (S-10).
 */
function stored(
  { books }: Scene,
  { impUid, orderId }: { readonly impUid: string; readonly orderId: string },
  mayBeNews: boolean,
): void {
  const about = (row: { readonly payment_id: string }): boolean => row.payment_id === impUid
  // A webhook may name another order than the payment's own, by whose look the payment is seen.
  const orders = [orderId, books.payments.get(impUid)?.order_id ?? orderId]
  const held =
    [...books.receipts.values()].some(about) ||
    ['webhook', 'return'].some((source) => orders.some((order) => isOfCrowd(books, source, order))) ||
    (!mayBeNews && [...books.proofs.values()].some(about))
  must(held, 'S-10', () => `a claim about ${impUid} was acknowledged and is not stored`)
}

const isOfCrowd = ({ receipts }: Scene['books'], source: string, orderId: string): boolean =>
  [...receipts.keys()].some((id) => id.startsWith(`${source}||${orderId}|`))

function cameBack(
  scene: Scene,
  item: Extract<SpokenItem, { do: 'return' }>,
  said: Said,
  before: HeldBefore,
): void {
  scene.marks.hit(`a return is answered with ${said.status}`)
  if (item.how === 'verify' && said.status === 200) shown(scene, item.orderId, said.text, before)
  const { impUid, orderId } = item
  if (item.how !== 'verify' && said.status === 303 && impUid !== null)
    stored(scene, { impUid, orderId }, false)
}

function shown(scene: Scene, orderId: string, text: string, before: HeldBefore): void {
  const screen = screenIn(text)
  if (screen !== null) checkScreen(scene, orderId, screen, before)
}

const intentIn = (text: string): string => /"cancelId":"([^"]+)"/.exec(text)?.[1] ?? ''
