import { randomBytes } from 'node:crypto'

const TIME_DIGITS = 12
const RANDOM_BYTES = 10

/**
 * Returns an id as PortOne makes them: 8-4-4-4-12 hex digits that begin with the time. The digits of RFC 4122's version and variant are
 * random, as in real ids (docs/gateway/portone-v2.md §6).
 */
export function freshV2Id(nowMs: number): string {
  const time = nowMs.toString(16).padStart(TIME_DIGITS, '0').slice(-TIME_DIGITS)
  const hex = time + randomBytes(RANDOM_BYTES).toString('hex')
  return [hex.slice(0, 8), hex.slice(8, 12), hex.slice(12, 16), hex.slice(16, 20), hex.slice(20)].join('-')
}
