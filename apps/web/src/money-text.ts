import { minorDigits } from '@landfall/payment-core/minor-digits'
import type { Language } from './language.ts'

/** Minor units as a person reads them: 14,000원 in Korean, ₩14,000 in English. */
export function moneyText(amount: number, currency: string, language: Language): string {
  if (language === 'ko' && currency === 'KRW') return `${new Intl.NumberFormat('ko-KR').format(amount)}원`
  const digits = minorDigits(currency)
  const format = new Intl.NumberFormat(language === 'ko' ? 'ko-KR' : 'en-US', {
    style: 'currency',
    currency,
    // A browser's own digits are the customary ones, and a shop that writes none would be read a thousandfold (M-33).
    minimumFractionDigits: digits,
    maximumFractionDigits: digits,
  })
  return format.format(amount / 10 ** digits)
}

/** The bare figure a bank's transfer form takes. */
export const figureText = (amount: number, currency: string): string =>
  String(amount / 10 ** minorDigits(currency))
