import { NoticeAnswer, withAnswer } from '@landfall/payment-core'

const Answers = NoticeAnswer.array()

/** For people only: answers that cannot be read keep nobody from sending what they are of. */
export function answersFrom(text: string | null): NoticeAnswer[] {
  if (text === null) return []
  try {
    return Answers.parse(JSON.parse(text))
  } catch {
    return []
  }
}

/** The same with one more, as it is stored. */
export const withAnswerText = (answers: readonly NoticeAnswer[], answer: NoticeAnswer): string =>
  JSON.stringify(withAnswer(answers, answer))
