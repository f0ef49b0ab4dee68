import type { Language } from './language.ts'

/** Minor units as a person reads them: 14,000원 in Korean, ₩14,000 in English. */
export function moneyText(amount: number, currency: string, language: Language): string {
  if (language === 'ko' && currency === 'KRW') return `${new Intl.NumberFormat('ko-KR').format(amount)}원`
  const format = new Intl.NumberFormat(language === 'ko' ? 'ko-KR' : 'en-US', { style: 'currency', currency })
  return format.format(amount / 10 ** (format.resolvedOptions().maximumFractionDigits ?? 0))
}

/** The bare figure a bank's transfer form takes. */
export const figureText = (amount: number, currency: string): string =>
  String(
    amount /
      10 **
        (new Intl.NumberFormat('en', { style: 'currency', currency }).resolvedOptions()
          .maximumFractionDigits ?? 0),
  )
