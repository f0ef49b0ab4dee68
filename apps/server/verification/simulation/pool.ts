import { availableParallelism } from 'node:os'
import { Worker } from 'node:worker_threads'
import { z } from 'zod'

/** What a thread is asked to do: the worlds of some seeds, from one on. */
export type Block = {
  readonly from: number
  readonly count: number
  /** Whether the digest is wanted: everything that happened is written down for it. */
  readonly digested: boolean
}

const Found = z.object({ seed: z.number(), id: z.string(), what: z.string() })
export type Found = z.infer<typeof Found>
const BlockAnswer = z.object({
  from: z.number(),
  count: z.number(),
  steps: z.number(),
  found: z.array(Found),
  marks: z.array(z.tuple([z.string(), z.number()])),
  /** Of everything that happened, line by line; empty when nobody wants it. */
  digest: z.string(),
  slowestTruthMs: z.number(),
})
export type BlockAnswer = z.infer<typeof BlockAnswer>

const BLOCK = 20
/** Nearly all that a world makes is gone with it: room for the young keeps the collector from looking at it twice. */
const YOUNG_MB = 96

export type Run = {
  readonly from: number
  readonly count: number
  readonly threads?: number
  readonly digested?: boolean
  /** After each block; false ends the run. */
  readonly heard: (answer: BlockAnswer, done: number) => boolean
}

/** Runs worlds on all processors: which thread a seed falls to makes no difference to it. */
export async function runWorlds({ from, count, threads, digested = false, heard }: Run): Promise<void> {
  let next = from
  let done = 0
  let goOn = true
  const endsAt = from + count
  const oneThread = async (): Promise<void> => {
    const worker = new Worker(new URL('./worker.ts', import.meta.url), {
      resourceLimits: { maxYoungGenerationSizeMb: YOUNG_MB },
    })
    try {
      while (goOn && next < endsAt) {
        const block = { from: next, count: Math.min(BLOCK, endsAt - next), digested }
        next += block.count
        const answer = await answerOf(worker, block)
        done += answer.count
        goOn = heard(answer, done) && goOn
      }
    } finally {
      await worker.terminate()
    }
  }
  await Promise.all(Array.from({ length: threads ?? availableParallelism() }, oneThread))
}

function answerOf(worker: Worker, block: Block): Promise<BlockAnswer> {
  return new Promise((resolve, reject) => {
    worker.once('error', reject)
    worker.once('message', (message: unknown) => {
      worker.off('error', reject)
      resolve(BlockAnswer.parse(message))
    })
    worker.postMessage(block)
  })
}
