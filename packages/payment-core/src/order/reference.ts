import { z } from 'zod'

const REFERENCES_MAX = 20
const Text = z.string().trim().min(1).max(200)

/**
 * The shop's own strings about an order: its cart, its customer's number. A list, or named ones. Landfall echoes them in every answer and notice,
 * finds orders by them, and reads nothing into them.
 */
export const Reference = z.union([
  z.array(Text).max(REFERENCES_MAX),
  z
    .record(z.string().trim().min(1).max(40), Text)
    .refine(
      (named) => Object.keys(named).length <= REFERENCES_MAX,
      `has more than ${REFERENCES_MAX} strings`,
    ),
])
export type Reference = z.infer<typeof Reference>

/** The strings alone, without their names. */
export const stringsOf = (reference: Reference | null): string[] =>
  reference === null ? [] : Object.values(reference)
