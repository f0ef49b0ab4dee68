import { z } from 'zod'

const REFERENCES_MAX = 20
const Text = z.string().trim().min(1).max(200)

/**
 * The shop's own strings about an order, such as a cart or customer number, as a list or with names. Landfall repeats them in every answer and
 * notice and finds orders by them, but does not interpret them.
 */
export const Reference = z
  .union([
    z.array(Text).max(REFERENCES_MAX),
    z
      .record(z.string().trim().min(1).max(40), Text)
      .refine(
        (named) => Object.keys(named).length <= REFERENCES_MAX,
        `has more than ${REFERENCES_MAX} strings`,
      ),
  ])
  .meta({
    description:
      'The shop’s own strings, such as a cart or customer number: a list or named, at most 20. Answers and notices repeat them, and `orders.list` finds orders by them.',
    examples: [{ cart: 'cart-77' }],
  })
export type Reference = z.infer<typeof Reference>

/** The strings without their names. */
export const stringsOf = (reference: Reference | null): string[] =>
  reference === null ? [] : Object.values(reference)
