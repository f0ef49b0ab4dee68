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
