import { randomUUID } from 'node:crypto'
import { cookies } from 'next/headers'
import { isOwn, landfall, secrets } from '../../shop.js'

/** The price comes from the server. The order is registered before the window opens; after a failed try, under its own number. */
export async function POST(request) {
  const { SHOP_URL, PORTONE_V1_SDK_URL: sdkUrl, PORTONE_V1_USER_CODE: userCode } = process.env
  const jar = await cookies()
  const { again } = JSON.parse((await request.text()) || '{}')
  const isOpen = isOwn(again, jar) && (await landfall().get(again)).status === 'open'
  const order = {
    orderId: isOpen ? again : `ord-${randomUUID()}`,
    name: '제주 한라봉 드립백',
    amount: 14_000,
  }
  const { returnUrl } = await landfall().register({ ...order, returnTo: new URL('/thanks', SHOP_URL).href })
  secrets.set(order.orderId, randomUUID())
  jar.set(order.orderId, secrets.get(order.orderId), { httpOnly: true, sameSite: 'lax', maxAge: 604_800 })
  return Response.json({ ...order, returnUrl, sdkUrl, userCode })
}
