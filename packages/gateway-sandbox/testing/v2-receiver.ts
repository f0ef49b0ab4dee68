import { z } from 'zod'
import type { Misbehaviour } from '../src/start.ts'
import { startMerchant } from './test-merchant.ts'
import type { Received, TestMerchant } from './test-merchant.ts'
import { officiallyVerified, openShopV2 } from './v2-shop.ts'
import type { TestShopV2 } from './v2-shop.ts'

const Body = z.object({ type: z.string() })

/** A shop on V2 and the server that receives its webhooks. */
export type ShopAndReceiver = AsyncDisposable & { readonly merchant: TestMerchant; readonly shop: TestShopV2 }

export async function openBoth(nowMs?: () => number): Promise<ShopAndReceiver> {
  const merchant = await startMerchant()
  const shop = await openShopV2({
    webhookUrl: merchant.webhookUrl,
    ...(nowMs === undefined ? {} : { nowMs }),
  })
  return {
    merchant,
    shop,
    async [Symbol.asyncDispose]() {
      await shop[Symbol.asyncDispose]()
      await merchant[Symbol.asyncDispose]()
    },
  }
}

/** The types of webhooks, without their common beginning. */
export const typesOf = (received: readonly Received[]): readonly string[] =>
  received.map(({ body }) => Body.parse(JSON.parse(body)).type.replace('Transaction.', ''))

/** A paid payment, and the one webhook that says so. */
export async function paidWith(
  { merchant, shop }: ShopAndReceiver,
  change: Partial<Misbehaviour>,
): Promise<Received> {
  shop.gateway.misbehave({ webhookNoise: 'money_only', ...change })
  await shop.paid('ord1234')
  await shop.gateway.settled()
  const [webhook] = merchant.received()
  if (webhook === undefined || merchant.received().length > 1) throw new Error('not one webhook')
  return webhook
}

/** `verified`, or why the official verifier refuses. */
export const reasonOf = (webhook: Received, secret?: string): Promise<unknown> =>
  officiallyVerified(webhook, secret).then(
    () => 'verified',
    (error: unknown) => z.object({ reason: z.string() }).parse(error).reason,
  )
