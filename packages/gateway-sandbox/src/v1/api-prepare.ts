import type { Hono } from 'hono'
import { z } from 'zod'
import { answer, bodyAs, businessFailure, httpFailure } from './envelope.ts'
import type { SandboxEnv, State } from '../state.ts'
import type { Prepared } from '../ledger.ts'

export const preparedAnswer = (merchantUid: string, { amount, currency }: Prepared) => ({
  merchant_uid: merchantUid,
  amount,
  currency,
})

const MERCHANT_UID_MAX = 40
const Prepare = z.object({
  merchant_uid: z.string().min(1).max(MERCHANT_UID_MAX),
  amount: z.coerce.number().positive(),
  currency: z.string().default('KRW'),
})
const BAD_REQUEST = 'merchant_uid, amount 파라미터를 확인해 주세요.'

/** Stores a prepared amount. `request_pay` with another amount fails before the PG's window opens (docs/gateway/portone-v1.md §4.3). */
export function prepareRoutes(api: Hono<SandboxEnv>, state: State): void {
  const { prepared } = state.ledger
  api.post('/payments/prepare', async (c) => {
    const asked = await bodyAs(c, Prepare)
    if (asked === null) return httpFailure(c, 400, BAD_REQUEST)
    const held = prepared.get(asked.merchant_uid)
    // Our reading: POST does not overwrite, because PUT does. The same amount again is not a conflict.
    if (held !== undefined && (held.amount !== asked.amount || held.currency !== asked.currency)) {
      return businessFailure(c, '이미 등록된 merchant_uid입니다.')
    }
    prepared.set(asked.merchant_uid, asked)
    return answer(c, asked)
  })
  api.put('/payments/prepare', async (c) => {
    const asked = await bodyAs(c, Prepare)
    if (asked === null) return httpFailure(c, 400, BAD_REQUEST)
    if (!prepared.has(asked.merchant_uid)) return httpFailure(c, 404, '사전등록된 결제정보가 없습니다.')
    prepared.set(asked.merchant_uid, asked)
    return answer(c, asked)
  })
  api.get('/payments/prepare/:merchantUid', (c) => {
    const held = prepared.get(c.req.param('merchantUid'))
    // The documentation has only 200 and 401. Our reading: an unknown id is 404, as elsewhere (docs/gateway/portone-v1.md §4.3, §10).
    return held === undefined
      ? httpFailure(c, 404, '사전등록된 결제정보가 없습니다.')
      : answer(c, preparedAnswer(c.req.param('merchantUid'), held))
  })
}
