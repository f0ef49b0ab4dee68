/**
 * The deposit deadline of a virtual account, in unix seconds. The browser script sends `vbank_due` in Korean time as `YYYY-MM-DD`,
 * `YYYYMMDD`, `YYYY-MM-DD HH:mm:ss` or `YYYYMMDDHHmmss` (docs/gateway/portone-v1.md §1.2). A date without a time means its last second
 * (§4.8).
 */
const KST_OFFSET_SECONDS = 9 * 3600
const DAY_SECONDS = 86_400
const DEFAULT_LIFE_DAYS = 7

export function parseAccountDue(text: string): number | null {
  const parts = /^(\d{4})-?(\d{2})-?(\d{2})(?:[ T]?(\d{2}):?(\d{2}):?(\d{2}))?$/.exec(text.trim())
  if (parts === null) return null
  const [, year, month, day, hour = '23', minute = '59', second = '59'] = parts
  const atMs = Date.parse(`${year}-${month}-${day}T${hour}:${minute}:${second}+09:00`)
  return Number.isNaN(atMs) ? null : Math.floor(atMs / 1000)
}

/** Returns 23:59:59 Korean time, `DEFAULT_LIFE_DAYS` from today. Seven days are common; inicis uses 30. */
export function defaultAccountDue(nowSeconds: number): number {
  const today = Math.floor((nowSeconds + KST_OFFSET_SECONDS) / DAY_SECONDS)
  return (today + DEFAULT_LIFE_DAYS + 1) * DAY_SECONDS - KST_OFFSET_SECONDS - 1
}
