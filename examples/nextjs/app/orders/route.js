import { randomUUID } from 'node:crypto'
import { cookies } from 'next/headers'
import { landfall } from '../../shop.js'

/** The price comes from the server. The order is registered before the window opens. */
export async function POST() {
  const { SHOP_URL, PORTONE_V1_SDK_URL: sdkUrl, PORTONE_V1_USER_CODE: userCode } = process.env
  const order = { orderId: `ord-${randomUUID()}`, name: '제주 한라봉 드립백', amount: 14_000 }
  const { returnUrl } = await landfall().register({ ...order, returnTo: new URL('/thanks', SHOP_URL).href })
  const jar = await cookies()
  jar.set('order', order.orderId, { httpOnly: true, sameSite: 'lax' })
  return Response.json({ ...order, returnUrl, sdkUrl, userCode })
}
