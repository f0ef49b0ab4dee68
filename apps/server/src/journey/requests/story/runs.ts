import type { NoticeAnswer } from '@landfall/payment-core'

export type AnswerRun = NoticeAnswer & { readonly times: number; readonly lastAtMs: number }

/** Joins consecutive equal answers into one run with first time, last time and count. */
export function runsOf(answers: readonly NoticeAnswer[]): AnswerRun[] {
  const runs: AnswerRun[] = []
  for (const { atMs, answer } of answers) {
    const last = runs.at(-1)
    if (last?.answer === answer) runs[runs.length - 1] = { ...last, times: last.times + 1, lastAtMs: atMs }
    else runs.push({ atMs, answer, times: 1, lastAtMs: atMs })
  }
  return runs
}
