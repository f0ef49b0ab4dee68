import { notices } from '@landfall/client/next'
import { shipped } from '../../shop.js'

/** The notice decides, not the customer's page. The same notice can come twice. */
export const POST = (request) => notices(process.env.NOTIFY_SECRETS, take)(request)

function take({ data: { order } }) {
  if (order.status !== 'paid' || shipped.has(order.orderId)) return
  shipped.add(order.orderId)
  console.log(`${order.orderId}: paid ${order.balance}, ship it`)
}
