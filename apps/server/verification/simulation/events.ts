import type { Wish } from './ledger.ts'
import type { Scene } from './scene.ts'
import type { GatewayItem, WorldItem } from './story.ts'

/** What is dated by a clock that is further ahead is found and made due (`src/store/clock-skew.ts`); of less nobody can tell. */
const UNTOLD_MS_MAX = 5 * 60_000

/** Buyers, banks and the gateway's own people. */
export function atTheGateway(scene: Scene, item: GatewayItem): void {
  const { ledger, gateway, trace, liedAbout } = scene
  const say = (done: boolean, what: string): void => {
    if (done) trace.say('buyer', 'gateway', what)
  }
  switch (item.do) {
    case 'open':
      return open(scene, item.wish)
    case 'approve':
      return say(ledger.approve(item.impUid), `pays ${item.impUid}`)
    case 'refuse':
      return say(ledger.refuse(item.impUid), `fails ${item.impUid}`)
    case 'issue':
      return say(ledger.issueAccount(item.impUid, item.lifeMs), `gets an account ${item.impUid}`)
    case 'deposit':
      return say(deposit(scene, item.impUid), `deposits ${item.impUid}`)
    case 'erase_account':
      return say(ledger.closeAccount(item.impUid), `account ${item.impUid} is erased`)
    case 'console_cancel':
      return say(cancel(scene, item.impUid, item.share), `the console cancels of ${item.impUid}`)
    case 'lie':
      gateway.lies.set(item.impUid, { kind: item.kind, left: item.times })
      liedAbout.add(item.impUid)
      return say(true, `it will lie about ${item.impUid}: ${item.kind}`)
    case 'lag':
      gateway.lags.set(item.impUid, { untilMs: scene.agenda.nowMs + item.forMs, backMs: item.backMs })
      scene.laggedAbout.add(item.impUid)
      return say(true, `a replica will be ${item.backMs} ms behind about ${item.impUid}`)
    case 'cancel_will':
      scene.fates.set(item.impUid, [...(scene.fates.get(item.impUid) ?? []), item.fate])
      return
    case 'prepare_elsewhere':
      if (gateway.prepared.fixFor(item.orderId, item.amount))
        scene.marks.hit('another shop fixes an amount for a number')
      return say(true, `another shop fixes ${item.amount} for ${item.orderId}`)
    case 'revoke_token':
      gateway.revokeToken()
      return say(true, 'the token is revoked')
  }
}

/** Where another amount is fixed for the number the window does not open, or it is no window of ours: nobody can tell whose it is (M-22). */
function open({ ledger, gateway, trace, marks, dice, plan }: Scene, wish: Wish): void {
  const { impUid, orderId, amount, currency, discount = 0 } = wish
  const fixed = gateway.prepared.of(orderId)
  const differs = fixed !== null && (fixed.amount !== amount + discount || fixed.currency !== currency)
  const isExact = plan.orders.some((order) => order.orderId === orderId && order.amount === amount + discount)
  if (differs && !(wish.forces ?? (!isExact && dice.chance(0.5))))
    return marks.hit('a window of another amount than the fixed one does not open')
  ledger.open(differs && (!isExact || currency !== 'KRW') ? { ...wish, whose: 'theirs' } : wish)
  trace.say('buyer', 'gateway', `opens ${impUid} for ${orderId}, ${amount} ${currency}`)
}

function deposit({ ledger, agenda, marks }: Scene, impUid: string): boolean {
  const due = ledger.row(impUid)?.vbank_date ?? 0
  const done = ledger.deposit(impUid)
  if (done && due === Math.floor(agenda.nowMs / 1000)) marks.hit('a deposit in the second the account is due')
  return done
}

function cancel({ ledger, marks, under }: Scene, impUid: string, share: number): boolean {
  const row = ledger.row(impUid)
  const amount = share === 1 || row === null ? null : Math.max(1, Math.round(row.amount * share))
  if (under.is('/payments/cancel')) marks.hit('a cancel in the console while ours is in flight')
  return ledger.cancel(impUid, amount, '콘솔에서 취소')
}

/** Servers, disk, clocks and the others' absence. */
export function toTheWorld(scene: Scene, item: WorldItem): void {
  const { agenda, servers, storage, away, trace, marks } = scene
  const until = 'forMs' in item ? agenda.nowMs + item.forMs : 0
  switch (item.do) {
    case 'crash':
      trace.say('world', item.at, `kill -9${item.keepsBatch ? ', its last batch is on the disk' : ''}`)
      servers[item.at].crash(item.keepsBatch)
      if (!servers.A.isUp && !servers.B.isUp) marks.hit('no server lives')
      agenda.after(item.awayMs, () => servers[item.at].start())
      return
    case 'stop':
      trace.say('world', item.at, 'SIGTERM')
      marks.hit('a server is told to stop')
      servers[item.at].stop(() => void agenda.after(item.awayMs, () => servers[item.at].start()))
      return
    case 'stall':
      trace.say('world', item.at, `stands still for ${item.forMs} ms`)
      servers[item.at].stall(item.forMs)
      if (item.forMs > 25_000) marks.hit('a server stands still for longer than its leases')
      return
    case 'leap': {
      const far = Math.abs(item.byMs) > 60_000 ? 'hours' : 'seconds'
      trace.say('world', item.at, `its clock leaps by ${item.byMs} ms`)
      marks.hit(`a clock leaps ${item.byMs > 0 ? 'ahead' : 'back'} by ${far}`)
      servers[item.at].skewMs += item.byMs
      scene.leapt = true
      if (servers[item.at].skewMs <= UNTOLD_MS_MAX)
        scene.aheadMs = Math.max(scene.aheadMs, servers[item.at].skewMs)
      return
    }
    case 'lock':
      storage.lockedUntilMs = until
      return
    case 'full_disk':
      storage.fullUntilMs = until
      return
    case 'gateway_away':
      away.gatewayUntilMs = until
      return
    case 'shop_away':
      away.shopUntilMs = until
      return
    case 'shop_gone':
      away.goneUntilMs = until
      scene.shop.inOrder = false
  }
}
