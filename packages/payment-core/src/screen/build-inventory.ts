import { z } from 'zod'

const Integrity = z.string().regex(/^sha384-[A-Za-z0-9+/]{64}$/)

/**
 * Between the build and whoever checks it: every file of the built web app, and every style written into a page, by its content. The build
 * writes it; the server compares its own disk with it at the start, and `self-check` what a browser is really served.
 */
export const Inventory = z.object({
  /** In the order of their paths, below the folder of the build. */
  files: z.array(z.object({ path: z.string(), bytes: z.number().int(), integrity: Integrity })),
  /** Named as a policy names them. */
  inlineStyles: z.array(
    z.object({
      page: z.string(),
      bytes: z.number().int(),
      integrity: z.string().regex(/^sha256-[A-Za-z0-9+/]{43}=$/),
    }),
  ),
})
export type Inventory = z.infer<typeof Inventory>

export const inventoryName = 'inventory.json'
