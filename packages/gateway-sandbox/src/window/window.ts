import { Hono, type Context } from 'hono'
import type { Ending } from '../v1/ending.ts'
import { callbackPage, donePage, nowherePage, postPage, resultPage, twicePage } from './end-page.ts'
import type { SandboxEnv, State } from '../state.ts'
import { close, pay } from '../approving.ts'
import { misbehave } from '../gateway.ts'
import type { SandboxPayment } from '../ledger.ts'
import { meansOf, WindowForm, WindowSwitches } from './form.ts'
import { windowPage } from './page.ts'

/** Serves the payment window and its final redirect. The window is a page on phones and an iframe of the SDK on desktops. */
export function createWindow(state: State): Hono<SandboxEnv> {
  const app = new Hono<SandboxEnv>()
  // The back button must show the payment's current state, not a cached window.
  app.use('/window/*', async (c, next) => {
    await next()
    c.header('cache-control', 'no-store')
  })
  app.get('/window/:paymentId', (c) => {
    const payment = state.ledger.find(c.req.param('paymentId'))
    if (payment === undefined) return c.html(donePage(null), 404)
    const isOpen = payment.ending === null && payment.row.status === 'ready' && payment.row.vbank_num === null
    return c.html(isOpen ? windowPage(payment) : donePage(payment.ending?.redirectUrl ?? null))
  })
  app.post('/window/:paymentId/pay', (c) =>
    finish(c, state, (paymentId, form) => pay(state, paymentId, meansOf(form))),
  )
  app.post('/window/:paymentId/close', (c) => finish(c, state, (paymentId) => close(state, paymentId)))
  return app
}

async function finish(
  c: Context<SandboxEnv, '/window/:paymentId/pay'>,
  state: State,
  end: (paymentId: string, form: WindowForm) => ReturnType<typeof pay>,
): Promise<Response> {
  const payment = state.ledger.find(c.req.param('paymentId'))
  const body = await c.req.parseBody()
  const [form, switches] = [WindowForm.safeParse(body), WindowSwitches.safeParse(body)]
  if (payment === undefined || !form.success || !switches.success)
    return c.html(donePage(null), payment === undefined ? 404 : 400)
  // A second press gets the same result again, so money moves once.
  if (payment.ending !== null) return show(c, payment, payment.ending)
  misbehave(state, payment.paymentId, switches.data)
  const ended = await end(payment.paymentId, form.data)
  return ended.ok ? show(c, payment, ended.value) : c.html(donePage(null), 409)
}

/** Sends the result to the browser, by default as a 302 (docs/gateway/portone-v1.md §2.1). */
function show(c: Context<SandboxEnv>, payment: SandboxPayment, ending: Ending): Response | Promise<Response> {
  const { openerOrigin, paymentId: txId } = payment
  if (ending.callback !== null) return c.html(callbackPage(ending.callback, openerOrigin))
  const { result, redirectUrl } = ending
  if (result !== undefined) return c.html(resultPage({ txId, result, redirectUrl }, openerOrigin))
  if (ending.redirectUrl === null) return c.html(nowherePage(payment.mRedirectUrl === null))
  if (ending.form !== null) return c.html(postPage(ending.redirectUrl, ending.form))
  if (ending.times === 2) return c.html(twicePage(ending.redirectUrl))
  return c.redirect(ending.redirectUrl, 302)
}
