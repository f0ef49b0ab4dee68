/**
 * Adds and subtracts amounts exactly, as integers of ten-thousandths. With floats, USD 0.10 + 0.20 gives 0.30000000000000004.
 */

/** No ISO 4217 currency has more decimals. */
const DECIMALS = 4
/** Larger amounts are reduced to this one, because from 1e21 `toFixed` writes an exponent. */
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
