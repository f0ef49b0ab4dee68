import type { Result } from '@landfall/payment-core'
import { Hono } from 'hono'
import type { Context } from 'hono'
import { z } from 'zod'
import type { Ending } from './ending.ts'
import type { Env } from './envelope.ts'
import type { Gateway, Refused } from './gateway.ts'
import type { Payment } from './ledger.ts'
import { parseJson } from './json-text.ts'
import { Misbehaviour, PaymentMisbehaviour } from './misbehaviour.ts'
import { REFUSALS } from './scenarios.ts'
import type { RefusalCause } from './scenarios.ts'
import type { State } from './state.ts'

/** Who is told what, how much, and by which means: bodies of the control API and options of the handle alike. */
export const Approval = z.object({
  method: z.string().default('card'),
  amount: z.number().positive().optional(),
  cardNumber: z.string().optional(),
  cardCode: z.string().optional(),
  cardQuota: z.number().int().min(0).max(36).optional(),
  bankCode: z.string().optional(),
  phone: z.string().optional(),
})
export type Approval = z.input<typeof Approval>

const Cause = z.object({
  cause: z.custom<RefusalCause>((text) => typeof text === 'string' && Object.hasOwn(REFUSALS, text)),
})
const Bank = z.object({ bankCode: z.string().default('088') })
const Leaves = z.object({ leaves: z.enum(['failed', 'ready']).optional() })
const Sum = z.object({ amount: z.number().positive().optional() })
const Nothing = z.object({})
const Advance = z.object({ ms: z.number().int().min(0) })
const WebhookUrl = z.object({ webhookUrl: z.url({ protocol: /^https?$/ }).nullable() })

/**
 * The same operations as the handle, over HTTP, for people, scripts and the console (JSON in, JSON out). 400: the body does not fit;
 * 404: no such payment; 409: the payment is in no state for it. Asking for JSON keeps other sites' forms out.
 */
export function createControl(state: State, gateway: Gateway): Hono<Env> {
  const app = new Hono<Env>().basePath('/control')
  app.get('/state', (c) => c.json(snapshotOf(state)))
  app.get('/payments', (c) => c.json(state.ledger.all().map((payment) => payment.row)))
  app.get('/calls', (c) => c.json(state.calls))
  app.get('/webhooks', (c) => c.json(state.webhooks.deliveries()))
  app.post('/open', async (c) => c.json(gateway.open(await json(c))))
  app.put('/misbehaviour', async (c) =>
    withBody(c, Misbehaviour.partial(), (change) => {
      state.misbehaviour.set(change)
      return c.json(state.misbehaviour.now())
    }),
  )
  app.delete('/misbehaviour', (c) => {
    state.misbehaviour.reset()
    return c.json(state.misbehaviour.now())
  })
  app.put('/webhook-url', async (c) =>
    withBody(c, WebhookUrl, ({ webhookUrl }) => {
      state.webhookUrl = webhookUrl
      return c.json({ webhookUrl })
    }),
  )
  app.post('/advance', async (c) =>
    withBody(c, Advance, ({ ms }) => {
      state.clock.advance(ms)
      return c.json({ nowMs: state.clock.nowMs() })
    }),
  )
  paymentRoutes(app, state, gateway)
  return app
}

function paymentRoutes(
  app: Hono<Env, Record<never, never>, '/control'>,
  state: State,
  gateway: Gateway,
): void {
  const route = <T>(
    name: string,
    schema: z.ZodType<T>,
    act: (
      impUid: string,
      body: T,
    ) => Result<Ending | Payment, Refused> | Promise<Result<Ending | Payment, Refused>>,
  ) =>
    app.post(`/payments/:impUid/${name}`, async (c) => {
      const impUid = c.req.param('impUid')
      if (state.ledger.find(impUid) === undefined) return c.json({ error: `no payment ${impUid}` }, 404)
      return withBody(c, schema, async (body) => {
        const done = await act(impUid, body)
        return done.ok ? c.json(told(done.value)) : c.json({ error: done.problem }, 409)
      })
    })
  route('pay', Approval, (impUid, means) => gateway.pay(impUid, means))
  route('approve', Approval, (impUid, { amount, ...means }) => gateway.approve(impUid, means, amount))
  route('close', Leaves, (impUid, { leaves }) => gateway.close(impUid, leaves))
  route('refuse', Cause, (impUid, { cause }) => gateway.refuse(impUid, REFUSALS[cause]))
  route('issue-account', Bank, (impUid, { bankCode }) => gateway.issueAccount(impUid, bankCode))
  route('deposit', Nothing, (impUid) => gateway.deposit(impUid))
  route('expire', Nothing, (impUid) => gateway.expire(impUid))
  route('cancel', Sum, (impUid, { amount }) => gateway.cancelInConsole(impUid, amount))
  route('resend-webhook', Nothing, (impUid) => gateway.resendWebhook(impUid))
  route('misbehaviour', PaymentMisbehaviour, (impUid, change) => gateway.misbehave(impUid, change))
}

const told = (value: Ending | Payment): unknown => ('row' in value ? value.row : value)

function snapshotOf(state: State) {
  const deliveries = state.webhooks.deliveries()
  return {
    nowMs: state.clock.nowMs(),
    webhookUrl: state.webhookUrl,
    misbehaviour: state.misbehaviour.now(),
    payments: state.ledger.all().map(({ row, accountClosed, noticeUrls }) => ({
      row,
      accountClosed,
      hasWebhook: noticeUrls.length > 0,
      deliveries: deliveries.filter((delivery) => delivery.impUid === row.imp_uid),
    })),
  }
}

async function json(c: Context<Env>): Promise<unknown> {
  const text = await c.req.text()
  if (text === '') return {}
  return (c.req.header('content-type') ?? '').includes('application/json') ? parseJson(text) : undefined
}

async function withBody<T>(
  c: Context<Env>,
  schema: z.ZodType<T>,
  act: (body: T) => Response | Promise<Response>,
): Promise<Response> {
  const parsed = schema.safeParse(await json(c))
  return parsed.success ? act(parsed.data) : c.json({ error: z.prettifyError(parsed.error) }, 400)
}
