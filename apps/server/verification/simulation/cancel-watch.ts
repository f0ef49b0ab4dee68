import { checkArrival } from './arrivals.ts'
import type { CancelCall, Fate, GatewayWorld } from './gateway-words.ts'
import { fateOf } from './habits.ts'
import { markCancel } from './marking.ts'
import { must } from './safety.ts'
import type { Scene } from './scene.ts'

/** Checks each cancel that the gateway receives: its form (S-07), whose money it returns (S-23), and how often it is sent (S-08, S-24). */
export function watchCancels(scene: Scene): Pick<GatewayWorld, 'fateOf' | 'onCancel'> {
  /** Calls for an intent that the gateway has, and has not ended. */
  const alive = new Map<string, Fate['kind']>()
  const { executed } = scene
  return {
    fateOf: (call) => {
      const fate = fateOf(scene, call)
      alive.set(intentIn(call), fate.kind)
      return fate
    },
    onCancel: (call, event, returned) => {
      const intentId = intentIn(call)
      const fate = alive.get(intentId) ?? 'at_once'
      if (event === 'arrived') checkArrival(scene, call, intentId, alive.get(intentId) ?? null)
      markCancel(scene, call, { intentId, event, returned, fate })
      if (event === 'executed') {
        const times = (executed.get(intentId) ?? 0) + 1
        executed.set(intentId, times)
        must(times === 1, 'S-08', () => `${intentId} was executed ${times} times`)
      }
      if (event !== 'arrived') alive.delete(intentId)
    },
  }
}

const intentIn = ({ reason }: CancelCall): string => /^\S+(?=: )/.exec(reason)?.[0] ?? ''
