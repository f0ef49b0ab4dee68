import type { z } from 'zod'

declare const personal: unique symbol

/**
 * Text that identifies a person or a bank account. It is ordinary text everywhere except in the log, whose types refuse it, so a log line with a
 * buyer's name does not compile (P-04).
 */
export type Personal = string & { readonly [personal]?: true }

/** Text that is not marked as personal. */
export type Impersonal = string & { readonly [personal]?: never }

/** Marks text read from outside as personal. */
export const personally = (text: z.ZodType<string, string>): z.ZodType<Personal, string> => text
