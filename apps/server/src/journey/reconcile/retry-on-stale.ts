import { fail, type Problem, type Result } from '@landfall/payment-core'

const ATTEMPTS_MAX = 5

/**
 * Repeats an attempt to read, decide and write while it answers `stale`: its record has changed since it was read. After five attempts it fails
 * with `contended`.
 */
export async function retryOnStale<T>(
  subjectId: string,
  attempt: () => Promise<Result<T, Problem> | 'stale'>,
): Promise<Result<T, Problem>> {
  for (let attempts = 0; attempts < ATTEMPTS_MAX; attempts += 1) {
    const outcome = await attempt()
    if (outcome !== 'stale') return outcome
  }
  return fail({ kind: 'contended', orderId: subjectId })
}
