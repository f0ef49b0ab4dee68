import { Hono } from 'hono'
import type { Context } from 'hono'
import { z } from 'zod'
import type { Ending } from './ending.ts'
import { callbackPage, donePage, nowherePage, postPage, twicePage } from './end-page.ts'
import type { Env } from './envelope.ts'
import type { Gateway } from './gateway.ts'
import type { Payment } from './ledger.ts'
import { Misbehaviour } from './misbehaviour.ts'
import type { PaymentMisbehaviour } from './misbehaviour.ts'
import type { Means } from './scenarios.ts'
import type { State } from './state.ts'
import { windowPage } from './window-page.ts'

const blankAs = <T>(schema: z.ZodType<T>) =>
  z.union([z.literal('').transform(() => undefined), schema]).optional()

/** What the window's form sends: how the customer pays, and the drawer's switches for this payment alone. */
const WindowForm = z.object({
  method: z.enum(['card', 'trans', 'vbank', 'phone', 'wallet']).catch('card'),
  card_code: z.string().optional(),
  card_number: z.string().optional(),
  card_quota: z.coerce.number().int().min(0).max(12).catch(0),
  trans_bank: z.string().optional(),
  vbank_bank: z.string().optional(),
  phone: z.string().optional(),
  wallet: z.string().optional(),
  redirect: blankAs(Misbehaviour.shape.redirect),
  webhook: blankAs(Misbehaviour.shape.webhook),
  close_leaves: blankAs(Misbehaviour.shape.closeLeaves),
  forged_amount: blankAs(z.coerce.number().positive()),
})
type WindowForm = z.infer<typeof WindowForm>

/** The payment window a person sees, and the redirect it ends in. A page that is navigated to, or the inside of the SDK's iframe. */
export function createWindow(state: State, gateway: Gateway): Hono<Env> {
  const app = new Hono<Env>()
  // The back button must meet the payment as it is now, not a window that is long done.
  app.use('/window/*', async (c, next) => {
    await next()
    c.header('cache-control', 'no-store')
  })
  app.get('/window/:impUid', (c) => {
    const payment = state.ledger.find(c.req.param('impUid'))
    if (payment === undefined) return c.html(donePage(null), 404)
    const isOpen = payment.ending === null && payment.row.status === 'ready' && payment.row.vbank_num === null
    return c.html(isOpen ? windowPage(payment) : donePage(payment.ending?.redirectUrl ?? null))
  })
  app.post('/window/:impUid/pay', (c) =>
    finish(c, state, gateway, (impUid, form) => gateway.pay(impUid, meansOf(form))),
  )
  app.post('/window/:impUid/close', (c) => finish(c, state, gateway, (impUid) => gateway.close(impUid)))
  return app
}

async function finish(
  c: Context<Env, '/window/:impUid/pay'>,
  state: State,
  gateway: Gateway,
  end: (impUid: string, form: WindowForm) => ReturnType<Gateway['pay']>,
): Promise<Response> {
  const payment = state.ledger.find(c.req.param('impUid'))
  const form = WindowForm.safeParse(await c.req.parseBody())
  if (payment === undefined || !form.success) return c.html(donePage(null), payment === undefined ? 404 : 400)
  // A second press finds the window done and is told the same again: money moves once.
  if (payment.ending !== null) return show(c, payment, payment.ending)
  gateway.misbehave(payment.row.imp_uid, switchesOf(form.data))
  const ended = await end(payment.row.imp_uid, form.data)
  return ended.ok ? show(c, payment, ended.value) : c.html(donePage(null), 409)
}

/** The end as a browser meets it: a 302 in the plain case (portone.md §2.1). */
function show(c: Context<Env>, payment: Payment, ending: Ending): Response | Promise<Response> {
  if (ending.callback !== null) return c.html(callbackPage(ending.callback, payment.openerOrigin))
  if (ending.redirectUrl === null) return c.html(nowherePage(payment.mRedirectUrl === null))
  if (ending.form !== null) return c.html(postPage(ending.redirectUrl, ending.form))
  if (ending.times === 2) return c.html(twicePage(ending.redirectUrl))
  return c.redirect(ending.redirectUrl, 302)
}

function meansOf(form: WindowForm): Means {
  return {
    method: form.method === 'wallet' ? (form.wallet ?? 'kakaopay') : form.method,
    cardCode: form.card_code,
    cardNumber: form.card_number,
    cardQuota: form.card_quota,
    bankCode: form.method === 'vbank' ? form.vbank_bank : form.trans_bank,
    phone: form.phone,
  }
}

function switchesOf(form: WindowForm): PaymentMisbehaviour {
  const chosen = {
    redirect: form.redirect,
    webhook: form.webhook,
    closeLeaves: form.close_leaves,
    forgedAmount: form.forged_amount,
  }
  return Object.fromEntries(Object.entries(chosen).filter(([, value]) => value !== undefined))
}
