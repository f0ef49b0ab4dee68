import { accounts } from './accounts.ts'
import { cancels } from './cancels.ts'
import { others } from './others.ts'
import { outages } from './outages.ts'
import { payments } from './payments.ts'
import { returned } from './returned.ts'
import { persons } from './persons.ts'
import type { Scenario } from './scenario.ts'

export const scenarios: readonly Scenario[] = [
  ...payments,
  ...accounts,
  ...returned,
  ...cancels,
  ...persons,
  ...others,
  ...outages,
]
