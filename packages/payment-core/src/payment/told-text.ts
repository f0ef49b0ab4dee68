import type { Personal } from '../personal.ts'

/** Text that says something; null for blanks. */
export const said = (text: string | null): string | null =>
  text === null || text.trim() === '' ? null : text

/** What PGs write for an unknown value. It must not be shown as a bank or a name. */
const UNTOLD =
  /^(?:unknown|undefined|null|none|n\/?a|[-–—?.*]+|없음|미상|미정|미확인|미발급|해당\s?없음|알\s?수\s?없음)$/i
export const told = (text: string | null): string | null =>
  text === null || UNTOLD.test(text.trim()) ? null : said(text)

/** An account number contains a digit other than zero (G-21). */
export const accountNumber = (text: Personal | null): Personal | null =>
  /[1-9]/.test(String(text)) ? text : null

/** Customers see the receipt link, so only http and https pass (S-18). */
export const webAddress = (value: string | null): string | null =>
  /^https?:\/\//i.test(String(value)) ? value : null
