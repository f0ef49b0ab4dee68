import { landfall } from '../../../../shop.js'

/** For the shop's staff. The key makes a repeated click one refund. */
export async function POST(request, { params }) {
  const staffKey = process.env.SHOP_STAFF_KEY
  if (!staffKey || request.headers.get('authorization') !== `Bearer ${staffKey}`)
    return new Response(null, { status: 401 })
  const { amount, refundAccount, idempotencyKey } = await request.json()
  const refund = { amount, refundAccount, idempotencyKey, reason: '고객 요청' }
  return Response.json(await landfall().refund((await params).orderId, refund))
}
