/**
 * When a virtual account stops taking deposits, in unix seconds. The browser script sends `vbank_due` as `YYYY-MM-DD`, `YYYYMMDD`,
 * `YYYY-MM-DD HH:mm:ss` or `YYYYMMDDHHmmss`, Korean time (docs/gateway/portone-v1.md §1.2); a bare day means its last second (§4.8).
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

/** 23:59:59 Korean time, `DEFAULT_LIFE_DAYS` from today. PGs differ (inicis 30 days); seven is common. */
export function defaultAccountDue(nowSeconds: number): number {
  const today = Math.floor((nowSeconds + KST_OFFSET_SECONDS) / DAY_SECONDS)
  return (today + DEFAULT_LIFE_DAYS + 1) * DAY_SECONDS - KST_OFFSET_SECONDS - 1
}
