import type { HeardDate } from './heard-dates.ts'
import { durationText, notTried, right, wrong, type Finding } from './finding.ts'

/** Half of what the evidence of a payment's beginning allows (`evidence.ts` of payment-core). */
const AHEAD_MAX_MS = 30_000

/** Compares this machine's clock with the first that was heard: the gateway's, which dates payments, else the shop's. */
export function checkClock([first]: readonly HeardDate[]): Finding {
  if (first === undefined) return notTried('clock', 'neither the gateway nor the shop told its time')
  const { host, aheadMs } = first
  const offMs = Math.abs(aheadMs)
  if (offMs <= AHEAD_MAX_MS) return right('clock', `as at ${host}, within ${Math.ceil(offMs / 1_000)} s`)
  return wrong(
    'clock',
    `this machine is ${durationText(offMs)} ${aheadMs > 0 ? 'ahead of' : 'behind'} ${host}`,
    'Run NTP (timedatectl set-ntp true). A minute off, payments seem to begin before their orders; five ' +
      'minutes off, shops refuse notices.',
  )
}
