import { parseJson, type Result } from '@landfall/payment-core'
import { Hono, type Context } from 'hono'
import { z } from 'zod'
import * as bodies from './bodies.ts'
import { deposit, expire, issueAccount } from '../accounts.ts'
import { addRow, RowRequest } from '../added-rows.ts'
import { approve, close, pay, refuse } from '../approving.ts'
import { bookCancel, cancelInConsole, denyCancel } from '../cancelling.ts'
import type { Ending } from '../v1/ending.ts'
import type { SandboxEnv, State } from '../state.ts'
import { misbehave, prepare, resendWebhook } from '../gateway.ts'
import type { Opened } from '../v1/opening.ts'
import type { SandboxPayment } from '../ledger.ts'
import { Misbehaviour, PaymentMisbehaviour } from '../misbehaviour.ts'
import type { SandboxRefusal } from '../refused.ts'
import { REFUSALS } from '../scenarios.ts'
import { preparedAnswer } from '../v1/api-prepare.ts'

import { chargeBack, dispute } from '../v2/disputes.ts'
import type { OpenedV2 } from '../v2/opening.ts'

type Control = Hono<SandboxEnv, Record<never, never>, '/control'>

/**
 * The operations of the handle over HTTP, for people, scripts and the console (JSON in, JSON out). 400: the body is invalid. 404: no such
 * payment. 409: the payment's state does not allow the operation. Requiring JSON rejects forms of other sites.
 */
export function createControl(
  state: State,
  open: (state: State, request: unknown) => Opened | OpenedV2,
): Hono<SandboxEnv> {
  const app = new Hono<SandboxEnv>().basePath('/control')
  readingRoutes(app, state)
  settingRoutes(app, state)
  app.post('/open', async (c) => c.json(open(state, await json(c))))
  app.post('/rows', async (c) => withBody(c, RowRequest, (row) => done(c, addRow(state, row))))
  paymentRoutes(app, state)
  return app
}

function readingRoutes(app: Control, state: State): void {
  app.get('/state', (c) => c.json(snapshotOf(state)))
  app.get('/payments', (c) => c.json(state.ledger.all().map((payment) => payment.row)))
  app.get('/calls', (c) => c.json(state.calls))
  app.get('/cancels', (c) => c.json(state.cancels.all(c.req.query('impUid'))))
  app.get('/prepared', (c) =>
    c.json([...state.ledger.prepared].map(([orderId, held]) => preparedAnswer(orderId, held))),
  )
  app.get('/webhooks', (c) => c.json(state.webhooks.deliveries()))
}

function settingRoutes(app: Control, state: State): void {
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
  app.put('/prepared', async (c) =>
    withBody(c, bodies.PreparedAmount, (asked) => {
      const held = bodies.preparedOf(asked)
      prepare(state, asked.merchantUid, held)
      return c.json(held)
    }),
  )
  app.put('/webhook-url', async (c) =>
    withBody(c, bodies.WebhookUrl, ({ webhookUrl }) => {
      state.webhookUrl = webhookUrl
      return c.json({ webhookUrl })
    }),
  )
  app.put('/webhook-secrets', async (c) =>
    withBody(c, bodies.WebhookSecrets, ({ secrets }) => {
      state.v2.webhookSecrets = secrets
      return c.json({ secrets: secrets.length })
    }),
  )
  app.post('/advance', async (c) =>
    withBody(c, bodies.Advance, ({ ms }) => {
      state.clock.advance(ms)
      return c.json({ nowMs: state.clock.nowMs() })
    }),
  )
}

function paymentRoutes(app: Control, state: State): void {
  const route = <T>(
    name: string,
    schema: z.ZodType<T>,
    act: (
      paymentId: string,
      body: T,
    ) =>
      | Result<Ending | SandboxPayment, SandboxRefusal>
      | Promise<Result<Ending | SandboxPayment, SandboxRefusal>>,
  ) =>
    app.post(`/payments/:paymentId/${name}`, async (c) => {
      const paymentId = c.req.param('paymentId')
      if (state.ledger.find(paymentId) === undefined) return c.json({ error: `no payment ${paymentId}` }, 404)
      return withBody(c, schema, async (body) => done(c, await act(paymentId, body)))
    })
  route('pay', bodies.Approval, (paymentId, means) => pay(state, paymentId, means))
  route('approve', bodies.Approval, (paymentId, { amount, ...means }) =>
    approve(state, paymentId, means, amount),
  )
  route('close', bodies.Leaves, (paymentId, { leaves }) => close(state, paymentId, leaves))
  route('refuse', bodies.Cause, (paymentId, { cause }) => refuse(state, paymentId, REFUSALS[cause]))
  route('issue-account', bodies.Bank, (paymentId, { bankCode }) => issueAccount(state, paymentId, bankCode))
  route('deposit', bodies.Sum, (paymentId, { amount }) => deposit(state, paymentId, amount))
  route('expire', bodies.Nothing, (paymentId) => expire(state, paymentId))
  route('cancel', bodies.Sum, (paymentId, { amount }) => cancelInConsole(state, paymentId, amount))
  route('book-cancel', bodies.Choice, (paymentId, choice) => bookCancel(state, paymentId, choice))
  route('deny-cancel', bodies.Choice, (paymentId, choice) => denyCancel(state, paymentId, choice))
  route('dispute', bodies.DisputeReason, (paymentId, { reason }) => dispute(state, paymentId, { reason }))
  route('resolve-dispute', bodies.Nothing, (paymentId) => dispute(state, paymentId, 'resolved'))
  route('charge-back', bodies.Sum, (paymentId, { amount }) => chargeBack(state, paymentId, amount))
  route('resend-webhook', bodies.Nothing, (paymentId) => resendWebhook(state, paymentId))
  route('misbehaviour', PaymentMisbehaviour, (paymentId, change) => misbehave(state, paymentId, change))
  route('behave', bodies.Nothing, (paymentId) => misbehave(state, paymentId, null))
}

function done(c: Context<SandboxEnv>, result: Result<Ending | SandboxPayment, SandboxRefusal>): Response {
  if (!result.ok) return c.json({ error: result.problem }, 409)
  return c.json('row' in result.value ? result.value.row : result.value)
}

function snapshotOf(state: State) {
  const deliveries = state.webhooks.deliveries()
  return {
    nowMs: state.clock.nowMs(),
    webhookUrl: state.webhookUrl,
    misbehaviour: state.misbehaviour.now(),
    payments: state.ledger.all().map((payment) => ({
      paymentId: payment.paymentId,
      orderId: payment.orderId,
      row: payment.row,
      accountClosed: payment.accountClosed,
      fixedAccount: payment.fixedAccount,
      version: payment.v2 === undefined ? 'V1' : 'V2',
      disputes: payment.v2?.disputes ?? [],
      isHeld: payment.v2?.held != null,
      hasWebhook: payment.noticeUrls.length > 0,
      misbehaviour: payment.misbehaviour,
      cancels: state.cancels.all(payment.paymentId),
      deliveries: deliveries.filter((delivery) => delivery.impUid === payment.paymentId),
    })),
  }
}

async function json(c: Context<SandboxEnv>): Promise<unknown> {
  const text = await c.req.text()
  if (text === '') return {}
  return (c.req.header('content-type') ?? '').includes('application/json') ? parseJson(text) : undefined
}

async function withBody<T>(
  c: Context<SandboxEnv>,
  schema: z.ZodType<T>,
  act: (body: T) => Response | Promise<Response>,
): Promise<Response> {
  const parsed = schema.safeParse(await json(c))
  return parsed.success ? act(parsed.data) : c.json({ error: z.prettifyError(parsed.error) }, 400)
}
