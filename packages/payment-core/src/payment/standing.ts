import { z } from 'zod'
import { explained } from '../api/described.ts'

export const Standing = explained(
  'Whether a payment with money is the one that its order keeps, and why not.',
  {
    kept: 'it is',
    rejected: 'another amount or currency, or a test channel',
    surplus: 'the order already has its payment',
    late: 'the order had expired',
    orphan: 'its order is not registered',
    undecided: 'the evidence does not say whose money it is, so a person must decide',
  },
)
export type Standing = z.infer<typeof Standing>

export const RejectReason = z.enum(['amount', 'currency', 'channel'])
export type RejectReason = z.infer<typeof RejectReason>
