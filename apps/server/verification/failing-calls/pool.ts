import { availableParallelism } from 'node:os'
import { Worker } from 'node:worker_threads'
import { z } from 'zod'
import type { Tally, Thoroughness } from './each-call.ts'
import { scenarios } from './scenarios.ts'
import { errors, lastings } from './failing-call.ts'

/** What a thread is asked to do: one scenario, by its place in the list. */
export type Task = { readonly index: number; readonly how: Thoroughness }

const Counts = z.map(z.string(), z.number())
const Answer = z.object({
  calls: z.number(),
  replays: z.number(),
  kinds: Counts,
  errors: Counts,
  otherwise: z.number(),
  found: z.array(
    z.object({
      scenario: z.string(),
      failing: z.object({ call: z.number(), error: z.enum(errors), lasting: z.enum(lastings) }).nullable(),
      what: z.string(),
    }),
  ),
})

/** Plays the chosen scenarios on all processors; `heard` after each. */
export async function failCalls(
  indexes: readonly number[],
  how: Thoroughness,
  heard: (name: string, tally: Tally) => void,
): Promise<void> {
  const left = [...indexes]
  const oneThread = async (): Promise<void> => {
    const worker = new Worker(new URL('./worker.ts', import.meta.url))
    try {
      for (let index = left.shift(); index !== undefined; index = left.shift())
        heard(scenarios[index]?.name ?? '', await answerOf(worker, { index, how }))
    } finally {
      await worker.terminate()
    }
  }
  await Promise.all(Array.from({ length: availableParallelism() }, oneThread))
}

function answerOf(worker: Worker, task: Task): Promise<Tally> {
  return new Promise((resolve, reject) => {
    worker.once('error', reject)
    worker.once('message', (message: unknown) => {
      worker.off('error', reject)
      resolve(Answer.parse(message))
    })
    worker.postMessage(task)
  })
}
