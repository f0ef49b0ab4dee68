import { notices } from './notices.ts'
import { orders } from './orders.ts'
import { payments } from './payments.ts'
import { shop } from './shop.ts'
import { router } from './trpc.ts'

/** With the demo shop, as in sandbox mode; its type is what the web sees. */
export const appRouter = router({ payments, orders, notices, shop })
export type AppRouter = typeof appRouter

/** Outside sandbox mode there is no shop to call. */
export const routerFor = (sandboxMode: boolean) =>
  sandboxMode ? appRouter : router({ payments, orders, notices })
