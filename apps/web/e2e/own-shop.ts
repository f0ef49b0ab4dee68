import { randomUUID } from 'node:crypto'
import { once } from 'node:events'
import { createServer, type ServerResponse } from 'node:http'
import { z } from 'zod'
import { portOf } from './receiver.ts'
import { merchantKey, type Shop } from './shop.ts'

/**
 * A shop on an origin of its own, written as a stranger would: it opens the window, takes the callback on a PC, and has a thank-you page that
 * asks `orders.get` and believes nothing in its address.
 */
export async function openOwnShop() {
  let landfall: Shop | null = null
  const server = createServer((request, response) => {
    const { pathname, searchParams } = new URL(request.url ?? '/', 'http://localhost')
    const at = landfall
    if (at === null || pathname === '/favicon.ico') return void response.writeHead(404).end()
    if (pathname === '/logo.svg')
      return void response.writeHead(200, { 'content-type': 'image/svg+xml' }).end(logo)
    const page = pathname === '/thanks' ? thanks(at, searchParams.get('order_id') ?? '') : null
    const shown = pathname === '/frame' ? Promise.resolve(frame(searchParams.get('of') ?? '')) : page
    answer(response, shown ?? buying(at, url))
  })
  server.listen(0, '127.0.0.1')
  await once(server, 'listening')
  const url = `http://127.0.0.1:${portOf(server)}`
  return {
    url,
    /** The server that this shop uses. */
    use: (at: Shop) => {
      landfall = at
    },
    [Symbol.asyncDispose]: () =>
      new Promise<void>((resolve) => {
        server.close(() => resolve())
        server.closeAllConnections()
      }),
  }
}
export type OwnShop = Awaited<ReturnType<typeof openOwnShop>>

const logo =
  '<svg xmlns="http://www.w3.org/2000/svg" width="64" height="64"><rect width="64" height="64" rx="14" fill="#16324f"/><path d="M14 40q9-14 18 0t18 0" fill="none" stroke="#fff" stroke-width="6"/></svg>'

const html = (body: string): string =>
  `<!doctype html><html lang="ko"><meta charset="utf-8"><title>shop</title><meta name="viewport" content="width=device-width">${body}</html>`

function answer(response: ServerResponse, page: Promise<string>): void {
  page.then(
    (body) => response.writeHead(200, { 'content-type': 'text/html; charset=utf-8' }).end(html(body)),
    (error: unknown) => response.writeHead(500).end(String(error)),
  )
}

const frame = (address: string): string =>
  `<iframe name="screen" src="${address.replaceAll('"', '')}" width="390" height="700"></iframe>`

/** Registers an order and opens the window; `m_redirect_url` serves phones, the callback serves PCs. */
async function buying(landfall: Shop, url: string): Promise<string> {
  const order = { orderId: `shop-${randomUUID().slice(0, 13)}`, name: '등대 머그컵', amount: 14_000 }
  const { returnUrl } = await landfall.ask('orders.register', { ...order, returnTo: `${url}/thanks?cart=7` })
  const pay = {
    pay_method: 'card',
    merchant_uid: order.orderId,
    name: order.name,
    amount: order.amount,
    m_redirect_url: returnUrl,
  }
  const [verify, token] = [`${landfall.url}/trpc/payments.verify`, String(returnUrl).split('/').at(-1)]
  return `<button id="pay">구매하기</button><output data-order="${order.orderId}"></output>
<script src="${landfall.gateway.url}/v1/iamport.js"></script><script>
const verified = async (answer) => {
  const sent = { method: 'POST', headers: { 'content-type': 'application/json' }, body: JSON.stringify({ ...answer, token: '${token}' }) }
  const { result } = await (await fetch('${verify}', sent)).json()
  document.querySelector('output').textContent = result.data.kind
  if (result.data.final) location.assign(result.data.shopUrl)
}
IMP.init('imp00000000')
document.getElementById('pay').onclick = () =>
  IMP.request_pay(${JSON.stringify(pay)}, /Mobile/.test(navigator.userAgent) ? undefined : verified)
</script>`
}

const Known = z.object({ result: z.object({ data: z.object({ status: z.string() }) }) })

/** The page a customer comes back to. Its state is what `orders.get` tells the shop's server. */
async function thanks(landfall: Shop, orderId: string): Promise<string> {
  const input = encodeURIComponent(JSON.stringify({ orderId }))
  const headers = { authorization: `Bearer ${merchantKey}` }
  const known = await fetch(`${landfall.url}/trpc/orders.get?input=${input}`, { headers })
  const status = known.ok ? Known.parse(await known.json()).result.data.status : 'unknown'
  const words = status === 'paid' ? '주문해 주셔서 고마워요' : '아직 결제되지 않았어요'
  return `<h1 data-status="${status}">${words}</h1>`
}
