import { p1, p2, p4, repeats } from './doors.ts'
import { p8 } from './engines.ts'
import type { Run } from './figure.ts'
import { p5, p7 } from './growth.ts'
import { p9 } from './junk.ts'
import { p13, p6 } from './long-run.ts'
import { p11 } from './slow-disk.ts'
import { p12, p3, tenAtOnce } from './slow-gateway.ts'
import type { Row } from './table.ts'

type Figure = {
  readonly tells: string
  readonly run: (run: Run) => Promise<Row[]>
  /** Its profile is of what was allocated and held, not of where the time went. */
  readonly isOfMemory?: boolean
}

/** Every figure, by the name its goal has. */
export const figures: Readonly<Record<string, Figure>> = {
  p1: { tells: 'a webhook stored durably and answered', run: p1 },
  p2: { tells: 'the whole job: webhook, look-up, everything recorded', run: p2 },
  p3: { tells: 'a gateway that answers in 50 ms', run: p3 },
  p4: { tells: 'payments.verify by tRPC', run: p4 },
  p5: { tells: 'a database with a past', run: p5 },
  p6: { tells: 'memory at the load of P2, and over many payments', run: p6, isOfMemory: true },
  p7: { tells: 'how soon a server is ready', run: p7 },
  p8: { tells: 'Postgres, one server and two', run: p8 },
  p9: { tells: 'a flood of junk', run: p9 },
  p10: {
    tells: 'repeats, and ten at once',
    run: async (run) => [...(await repeats(run)), ...(await tenAtOnce(run))],
  },
  p11: { tells: 'a slow disk', run: p11 },
  p12: { tells: 'a gateway that takes calls and never answers', run: p12 },
  p13: { tells: 'what a payment costs over its whole life', run: p13 },
}
