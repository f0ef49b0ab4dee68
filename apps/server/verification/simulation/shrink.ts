import { planOf } from './plan.ts'
import { simulate, type Outcome } from './simulate.ts'
import type { Plan } from './story.ts'
import { clear, noHabits } from './weather.ts'

/** Worlds tried while a failing one is made smaller. */
const TRIES_MAX = 400

/** The shortest story that still breaks the same promise: items, orders and weather are left out for as long as it does. */
export async function shrink(seed: number): Promise<Outcome> {
  let best = planOf(seed)
  let outcome = await simulate(best)
  const id = outcome.violation?.id
  if (id === undefined) return outcome
  let tries = 0
  const keep = async (plan: Plan): Promise<boolean> => {
    tries += 1
    const tried = await simulate(plan)
    if (tried.violation?.id !== id) return false
    best = plan
    outcome = tried
    return true
  }
  for (const [name, value] of Object.entries({ ...clear, ...noHabits }))
    await keep({ ...best, weather: { ...best.weather, [name]: value } })
  for (let size = Math.ceil(best.items.length / 2); size >= 1 && tries < TRIES_MAX;) {
    let shorter = false
    for (let at = 0; at < best.items.length && tries < TRIES_MAX;) {
      const items = best.items.filter((_, index) => index < at || index >= at + size)
      if (await keep({ ...best, items })) shorter = true
      else at += size
    }
    if (!shorter || size > 1) size = size > 1 ? Math.ceil(size / 2) : 0
  }
  const healsAtMs = Math.ceil(Math.max(0, ...best.items.map((item) => item.atMs))) + 500
  await keep({ ...best, healsAtMs })
  return outcome
}
