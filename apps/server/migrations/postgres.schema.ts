import { postgresColumns } from '../src/store/engines/columns.ts'
import { tablesFor } from '../src/store/tables.ts'

export const {
  orders,
  payments,
  proofs,
  reviews,
  orderReferences,
  cancels,
  notices,
  receipts,
  rounds,
  budget,
  deployment,
  messages,
  timeline,
} = tablesFor(postgresColumns)
