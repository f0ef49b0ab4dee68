/**
 * Sums of amounts, exact to the last decimal: each amount becomes a whole number of ten-thousandths through its decimal text, and a
 * number again through text. Adding the numbers themselves would make 0.30000000000000004 of USD 0.10 + 0.20.
 */

/** No currency of ISO 4217 has more decimals. */
const DECIMALS = 4
/** From 1e21 on a number's text has an exponent. Nobody pays this much. */
const AMOUNT_MAX = 1e15

export const add = (a: number, b: number): number => numberOf(wholeOf(a) + wholeOf(b))
export const subtract = (a: number, b: number): number => numberOf(wholeOf(a) - wholeOf(b))

function wholeOf(amount: number): bigint {
  const bounded = Math.max(-AMOUNT_MAX, Math.min(AMOUNT_MAX, amount))
  return BigInt(bounded.toFixed(DECIMALS).replace('.', ''))
}

function numberOf(whole: bigint): number {
  const digits = (whole < 0n ? -whole : whole).toString().padStart(DECIMALS + 1, '0')
  return Number(`${whole < 0n ? '-' : ''}${digits.slice(0, -DECIMALS)}.${digits.slice(-DECIMALS)}`)
}
