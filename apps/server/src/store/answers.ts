import { NoticeAnswer, withAnswer } from '@landfall/payment-core'

const Answers = NoticeAnswer.array()

/**
 * The stored answers to the attempts of a notice or a cancel. They are shown to people only, so unreadable ones count as
 * none: they must not stop the next attempt.
 */
export function answersFrom(text: string | null): NoticeAnswer[] {
  if (text === null) return []
  try {
    return Answers.parse(JSON.parse(text))
  } catch {
    return []
  }
}

/** The stored text of the answers and one more. */
export const withAnswerText = (answers: readonly NoticeAnswer[], answer: NoticeAnswer): string =>
  JSON.stringify(withAnswer(answers, answer))
