import { p1, p2, p4, repeats } from './doors.ts'
import { p8 } from './engines.ts'
import type { Run } from './figure.ts'
import { p5, p7 } from './growth.ts'
import { p9 } from './junk.ts'
import { p13, p6 } from './long-run.ts'
import { p11 } from './slow-disk.ts'
import { p12, p3, tenAtOnce } from './slow-gateway.ts'
import type { Row } from './table.ts'

/** Every figure, by the name its goal has in docs/performance.md. */
export const figures: Readonly<Record<string, (run: Run) => Promise<Row[]>>> = {
  p1,
  p2,
  p3,
  p4,
  p5,
  p6,
  p7,
  p8,
  p9,
  p10: async (run) => [...(await repeats(run)), ...(await tenAtOnce(run))],
  p11,
  p12,
  p13,
}
