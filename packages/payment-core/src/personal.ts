import type { z } from 'zod'

declare const personal: unique symbol

/**
 * Text that says who somebody is, or where their money lies. It is text to whoever shows or sends it; only what is told to the log does
 * not take it, so that a line with a buyer's name does not compile (P-04).
 */
export type Personal = string & { readonly [personal]?: true }

/** Text of which nobody has said that it is personal. */
export type Impersonal = string & { readonly [personal]?: never }

/** Says of a text read from outside that it is personal. */
export const personally = (text: z.ZodType<string, string>): z.ZodType<Personal, string> => text
