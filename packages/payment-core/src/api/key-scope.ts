import { z } from 'zod'

/** What a merchant key may be used for. A key without the scope a call needs is refused. */
export const KeyScope = z.enum(['orders:write', 'orders:read', 'refunds', 'notices'])
export type KeyScope = z.infer<typeof KeyScope>
