import { parentPort } from 'node:worker_threads'
import { failEachCall } from './each-call.ts'
import type { Task } from './pool.ts'
import { scenarios } from './scenarios.ts'

parentPort?.on('message', ({ index, how }: Task) => {
  const scenario = scenarios[index]
  if (scenario === undefined) throw new Error(`there is no scenario ${index}`)
  failEachCall(scenario, index, how).then(
    (tally) => parentPort?.postMessage(tally),
    (error: unknown) => {
      throw error
    },
  )
})
