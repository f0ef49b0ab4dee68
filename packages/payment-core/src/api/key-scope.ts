import { z } from 'zod'

/** The permissions of a merchant key. A call that needs a missing scope is refused. */
export const KeyScope = z.enum(['orders:write', 'orders:read', 'refunds', 'notices'])
export type KeyScope = z.infer<typeof KeyScope>
