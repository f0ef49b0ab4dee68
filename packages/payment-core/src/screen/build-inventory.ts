import { z } from 'zod'

const Integrity = z.string().regex(/^sha384-[A-Za-z0-9+/]{64}$/)

/**
 * The hashes of all files of the built web app and of all styles in its pages. The build writes it. The server compares its disk with it at the
 * start, and `landfall self-check` compares what browsers receive.
 */
export const Inventory = z.object({
  /** Paths within the build's folder, sorted. */
  files: z.array(z.object({ path: z.string(), bytes: z.number().int(), integrity: Integrity })),
  /** Hashes in the notation of a content security policy. */
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
