import { createHash } from 'node:crypto'
import { parentPort } from 'node:worker_threads'
import { Marks } from './marks.ts'
import { planOf } from './plan.ts'
import type { Block, BlockAnswer, Found } from './pool.ts'
import { simulate } from './simulate.ts'

/** One block of seeds, one after the other. */
async function work({ from, count, digested }: Block): Promise<BlockAnswer> {
  const marks = new Marks()
  const digest = createHash('sha256')
  const found: Found[] = []
  let steps = 0
  let slowestTruthMs = 0
  for (let seed = from; seed < from + count; seed += 1) {
    const outcome = await simulate(planOf(seed))
    steps += outcome.steps
    slowestTruthMs = Math.max(slowestTruthMs, outcome.truthMs)
    marks.add(outcome.marks)
    if (digested) digest.update(outcome.trace.text())
    if (outcome.violation !== null) found.push({ seed, ...outcome.violation })
  }
  const told = digested ? digest.digest('hex') : ''
  return { from, count, steps, found, marks: [...marks.counts], digest: told, slowestTruthMs }
}

parentPort?.on('message', (block: Block) => {
  work(block).then(
    (answer) => parentPort?.postMessage(answer),
    (error: unknown) => {
      throw error
    },
  )
})
