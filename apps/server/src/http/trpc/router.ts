import { KeyScope } from '@landfall/payment-core'
import { z } from 'zod'
import { notices } from './notices.ts'
import { orders } from './orders.ts'
import { payments } from './payments.ts'
import { shop } from './shop.ts'
import { router } from './trpc.ts'

/** The router with the demo shop, for sandbox mode. The web app uses its type. */
export const appRouter = router({ payments, orders, notices, shop })
export type AppRouter = typeof appRouter

/** Outside sandbox mode the router has no demo shop. */
export const routerFor = (sandboxMode: boolean) =>
  sandboxMode ? appRouter : router({ payments, orders, notices })

const Declared = z.object({ meta: z.object({ who: z.string() }) })
/** Each procedure by its name, and the scope of the merchant key that it needs; null without one. */
export const scopes: ReadonlyMap<string, KeyScope | null> = new Map(
  Object.entries<object>({ ...appRouter._def.procedures }).map(([name, procedure]) => {
    const { who } = Declared.parse(Reflect.get(procedure, '_def')).meta
    return [name, KeyScope.options.find((scope) => who === `merchant key: ${scope}`) ?? null]
  }),
)
