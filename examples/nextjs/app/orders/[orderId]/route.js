import { cookies } from 'next/headers'
import { stateOf } from '../../../shop.js'

export async function GET(request, { params }) {
  const state = await stateOf((await params).orderId, await cookies())
  return state === null ? new Response(null, { status: 404 }) : Response.json(state)
}
