import { minorDigits } from '@landfall/payment-core/minor-digits'
import type { Language } from './language.ts'

/** Formats minor units: 14,000원 in Korean, ₩14,000 in English. */
export function moneyText(amount: number, currency: string, language: Language): string {
  if (language === 'ko' && currency === 'KRW') return `${new Intl.NumberFormat('ko-KR').format(amount)}원`
  const digits = minorDigits(currency)
  const format = new Intl.NumberFormat(language === 'ko' ? 'ko-KR' : 'en-US', {
    style: 'currency',
    currency,
    // `Intl` uses customary decimals. For some currencies they differ from ISO 4217: IQD 12.345 would appear as 12,345 (M-33).
    minimumFractionDigits: digits,
    maximumFractionDigits: digits,
  })
  return format.format(amount / 10 ** digits)
}

/** The plain number that a bank's transfer form accepts. */
export const figureText = (amount: number, currency: string): string =>
  String(amount / 10 ** minorDigits(currency))
