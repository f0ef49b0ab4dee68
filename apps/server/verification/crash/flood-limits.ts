import { limits } from '../../src/config/limits.ts'
import type { Flood, FloodReport } from './flood.ts'

/** What must hold however much is poured in: the figures of issue and catalogue (L-06, D-01, S-14). */
/** A genuine claim is final within ten seconds; counted, within as many calls as the budget allows in ten. */
const DEPOSIT_S_MAX = 10
const RETURN_P99_MS_MAX = 1_000
/** What a process at full work may hold, its unswept heap included: 412 MB were measured at 2,000 a second, from 171 at rest. */
const PEAK_MB_MAX = 512
const STRANGERS_SHARE = 0.1
/** Junk that names the real order is no stranger: a few claims are followed one by one, each some times while it is young. */
const NAMED_LOOKS_MAX = limits.claimsPerOrderMax * 8

/** The sentences that are not true of a run, on whichever machine; none is what is wanted. */
export function floodLimits(report: FloodReport, { callsPerSecond }: Flood): string[] {
  const { depositCalls, returns, memory, calls, answers } = report
  // A budget is of the clock's seconds, of which a run touches one more than it lasts.
  const callsMax = callsPerSecond * (Math.ceil(calls.seconds) + 1)
  const broken: Array<readonly [boolean, string]> = [
    [
      depositCalls > callsPerSecond * DEPOSIT_S_MAX,
      `${depositCalls} calls were made before the deposit was final`,
    ],
    [returns.failed > 0, `${returns.failed} of ${returns.count} returns were turned away`],
    [memory.peakMb > PEAK_MB_MAX, `memory rose to ${Math.round(memory.peakMb)} MB`],
    [calls.all > callsMax, `${calls.all} calls in ${calls.seconds.toFixed(1)} s, of ${Math.round(callsMax)}`],
    [
      calls.strangers > callsMax * STRANGERS_SHARE + NAMED_LOOKS_MAX,
      `${calls.strangers} look-ups of what nobody knows`,
    ],
    [(answers['none'] ?? 0) > 0, `${answers['none']} webhooks were not answered at all`],
    [
      Object.keys(answers).some((status) => !['200', '503', 'none'].includes(status)),
      `answers ${JSON.stringify(answers)}`,
    ],
  ]
  return sentencesOf(broken)
}

/** What a machine that has nothing else to do must keep as well. */
export function floodTimes({ depositMs, returns }: FloodReport): string[] {
  return sentencesOf([
    [depositMs > DEPOSIT_S_MAX * 1_000, `the deposit took ${Math.round(depositMs)} ms`],
    [returns.p99Ms > RETURN_P99_MS_MAX, `p99 of returns is ${Math.round(returns.p99Ms)} ms`],
  ])
}

const sentencesOf = (broken: ReadonlyArray<readonly [boolean, string]>): string[] =>
  broken.filter(([isBroken]) => isBroken).map(([, sentence]) => sentence)

/** One line for a person. */
export function floodFigures({
  sentPerSecond,
  answers,
  depositMs,
  depositCalls,
  returns,
  memory,
  calls,
}: FloodReport): string {
  const told = Object.entries(answers).map(([status, count]) => `${count} × ${status}`)
  return (
    `${Math.round(sentPerSecond)} junk webhooks a second answered ${told.join(', ')}; deposit final after ${Math.round(depositMs)} ms, in ${depositCalls} calls; ` +
    `${returns.count} returns, ${returns.failed} turned away, p99 ${Math.round(returns.p99Ms)} ms; memory ${Math.round(memory.beforeMb)} → at most ${Math.round(memory.peakMb)} MB; ` +
    `${calls.all} calls in ${calls.seconds.toFixed(1)} s, ${calls.busiestSecond} in the busiest, ${calls.strangers} about strangers`
  )
}
