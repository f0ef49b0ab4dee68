import type { Screen } from '@landfall/payment-core'
import type { Told } from './copy.ts'
import type { Line } from './language.ts'

/** The sentences of the *checking* screen: the reason, the progress, and what happens when the check takes long. */

export const checking = {
  confirming: {
    heading: { ko: '결제를 확인하고 있어요', en: 'We’re confirming your payment' },
    lead: {
      ko: '결제사에 결과를 확인하고 있어요. 보통 몇 초면 끝나요.',
      en: 'We’re asking the payment company for the result. It usually takes a few seconds.',
    },
  },
  not_started: {
    heading: { ko: '아직 확인된 결제가 없어요', en: 'We haven’t seen a payment yet' },
    lead: {
      ko: '결제를 마치셨다면 이 화면에서 잠시 기다려 주세요. 확인되면 바로 알려 드릴게요.',
      en: 'If you have just paid, please wait here for a moment. This page tells you as soon as we see it.',
    },
  },
  deposit_overdue: {
    heading: { ko: '입금 기한이 지났어요', en: 'The time for the deposit is over' },
    lead: {
      ko: '안내받은 계좌로는 이제 입금하지 말아 주세요. 기한 안에 입금하셨다면 확인되는 대로 이 화면이 바뀌어요.',
      en: 'Please don’t send money to that account any more. If you paid in time, this page changes as soon as we see it.',
    },
  },
  review: {
    heading: { ko: '쇼핑몰에서 결제를 확인해야 해요', en: 'The shop needs to check your payment' },
    lead: {
      ko: '결제 내용을 쇼핑몰에 알렸어요. 쇼핑몰이 확인하면 이 화면이 바뀌어요. 그동안 다시 결제하지 말아 주세요.',
      en: 'We’ve told the shop about your payment. This page changes once the shop has checked it. Please don’t pay again in the meantime.',
    },
  },
} satisfies Record<Extract<Screen, { kind: 'checking' }>['because'], Told>

/** The steps from the payment window to an outcome. The customer waits at the middle step. */
export const steps = [
  { ko: '결제창에서 돌아왔어요', en: 'You are back from the payment window' },
  { ko: '결제사에 결과를 확인하고 있어요', en: 'Asking the payment company' },
  { ko: '확인되면 바로 알려 드려요', en: 'Telling you the result' },
] satisfies readonly Line[]
export const stepsName: Line = { ko: '진행 상황', en: 'Progress' }
/** Screen readers read the state before the step, because they do not see its icon. */
export const stepStates = {
  done: { ko: '완료:', en: 'Done:' },
  current: { ko: '지금:', en: 'Now:' },
  next: { ko: '다음:', en: 'Next:' },
} satisfies Record<string, Line>

/** Shown after ten seconds of checking: what happens next, and that the customer may close the page. */
export const slow = {
  lead: { ko: '평소보다 조금 오래 걸리고 있어요.', en: 'This is taking a little longer than usual.' },
  points: [
    {
      ko: '결제사의 답을 계속 확인하고 있어요. 확인되면 이 화면이 저절로 바뀌어요.',
      en: 'We keep asking the payment company. This page changes by itself when we know.',
    },
    {
      ko: '이 화면을 닫아도 괜찮아요. 결과는 사라지지 않고, 같은 주소를 다시 열면 볼 수 있어요.',
      en: 'You may close this page. The result is not lost: open the same address again to see it.',
    },
    {
      ko: '결과가 나올 때까지는 다시 결제하지 말아 주세요.',
      en: 'Please don’t pay again until you see a result.',
    },
  ],
} satisfies { lead: Line; points: readonly Line[] }
