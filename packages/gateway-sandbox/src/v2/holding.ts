import type { Parcel } from '../delivery.ts'
import { parseJson } from '@landfall/payment-core'
import type { SandboxPayment } from '../ledger.ts'
import type { Means, Refusal } from '../scenarios.ts'
import type { State } from '../state.ts'
import { z } from 'zod'
import { toMinor } from './amounts.ts'
import type { V2Details } from './details.ts'
import { freshV2Id } from './ids.ts'
import { isoTime } from './iso-time.ts'
import { signedHeaders } from './signing.ts'

/**
 * Asks the shop before an approval (docs/gateway/portone-v2.md §11). null: go on. `until_confirmed`: the channel waits for the shop's
 * server to confirm. A refusal: the shop's `confirmUrl` objects.
 */
export async function holdForShop(
  state: State,
  payment: SandboxPayment,
  means: Means,
): Promise<Refusal | 'until_confirmed' | null> {
  const { v2 } = payment
  if (v2 === undefined) return null
  const refusal = v2.confirmUrl === null ? null : await askShop(state, payment, v2, v2.confirmUrl)
  if (refusal !== null || !v2.channel.isManualConfirm) return refusal
  const nowMs = state.clock.nowMs()
  v2.held = { paymentToken: `payment-token-${freshV2Id(nowMs)}`, means, heldAtMs: nowMs }
  return 'until_confirmed'
}

const Objection = z.object({ errorMessage: z.string() })
const UNREACHABLE = '가맹점 서버에서 응답을 받지 못했습니다.'

/** An error answer stops the payment, and its `errorMessage` is shown in the result. */
async function askShop(
  state: State,
  payment: SandboxPayment,
  v2: V2Details,
  url: string,
): Promise<Refusal | null> {
  const outcome = await state.webhooks.send(parcelOf(state, payment, v2, url))
  const status = outcome?.status ?? null
  if (status !== null && status >= 200 && status < 300) return null
  const told = Objection.safeParse(parseJson(outcome?.answer ?? ''))
  const errorMsg = told.success ? told.data.errorMessage : UNREACHABLE
  return { errorCode: null, errorMsg, codeV2: 'ConfirmProcessFailed' }
}

function parcelOf(state: State, payment: SandboxPayment, v2: V2Details, url: string): Parcel {
  const { row, orderId, paymentId } = payment
  const how = state.misbehaviour.of(payment.misbehaviour)
  const nowMs = state.clock.nowMs()
  const total = toMinor(row.amount, row.currency)
  const body = JSON.stringify(
    how.webhookVersion === '2024-01-01'
      ? { payment_id: orderId, tx_id: paymentId, total_amount: total }
      : {
          type: 'Transaction.Confirm',
          timestamp: isoTime(nowMs / 1000),
          data: { paymentId: orderId, transactionId: paymentId, storeId: v2.storeId, totalAmount: total },
        },
  )
  const signing = {
    id: freshV2Id(nowMs),
    body,
    secrets: state.v2.webhookSecrets,
    how: how.webhookSigning,
  }
  return {
    impUid: paymentId,
    url,
    contentType: 'application/json',
    body,
    sign: (atMs) => signedHeaders(signing, atMs),
  }
}
