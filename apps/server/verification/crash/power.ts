import { existsSync, mkdtempSync, rmSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { wrongWith } from './power-check.ts'
import { Disk, losses, type Loss } from './power-disk.ts'
import type { Call, Debt } from './power-trace.ts'
import { seeded } from './seeded.ts'

export type PowerOptions = {
  readonly calls: readonly Call[]
  readonly points: number
  readonly seed: number
  readonly progress?: (done: number) => void
}

export type PowerReport = {
  readonly calls: number
  readonly transactions: number
  readonly checkpoints: number
  readonly promises: number
  readonly points: number
  /** Points at which something was not yet synced, so that there was something to lose. */
  readonly inDanger: number
  readonly byLoss: Readonly<Record<Loss, number>>
  /** Points after which something was wrong. */
  readonly wrongPoints: number
  /** What was, of the first of them. */
  readonly wrong: readonly string[]
  readonly seconds: number
}

const TOLD_MAX = 40
/** In memory where there is such a folder: what is rebuilt ten thousand times need not wear a disk. */
const place = existsSync('/dev/shm') ? '/dev/shm' : tmpdir()

/**
 * Cuts the power after calls spread evenly over the whole run, each time losing of what was not synced another part, opens what is left as
 * the server does, and holds it against what had been acknowledged by then (C-05, S-10, S-11).
 */
export function provePower({ calls, points, seed, progress }: PowerOptions): PowerReport {
  const startedAtMs = performance.now()
  const random = seeded(seed)
  const folder = mkdtempSync(join(place, 'landfall-power-'))
  const disk = new Disk()
  const debts: Debt[] = []
  const byLoss = { none: 0, all: 0, alone: 0, some: 0, 'torn at 512': 0, 'torn at 4096': 0 }
  const wrong: string[] = []
  let [applied, inDanger, wrongPoints] = [0, 0, 0]
  try {
    for (let point = 0; point < points; point += 1) {
      const until = Math.floor(((point + random()) * calls.length) / points) + 1
      for (; applied < until; applied += 1) {
        const call = calls[applied]
        if (call?.kind === 'owed') debts.push(call.debt)
        else if (call !== undefined) disk.apply(call)
      }
      const loss = losses[Math.floor(random() * losses.length)] ?? 'none'
      byLoss[loss] += 1
      inDanger += disk.unsynced() > 0 ? 1 : 0
      const found = wrongWith(disk.after(loss, random), debts, folder)
      wrongPoints += found.length > 0 ? 1 : 0
      if (wrong.length < TOLD_MAX)
        wrong.push(...found.slice(0, 3).map((text) => `after call ${applied}, ${loss} kept: ${text}`))
      progress?.(point + 1)
    }
  } finally {
    rmSync(folder, { recursive: true, force: true })
  }
  const seconds = (performance.now() - startedAtMs) / 1_000
  const run = { ...countsOf(calls), promises: debts.length, points, inDanger, byLoss }
  return { ...run, wrongPoints, wrong, seconds }
}

const FRAME_HEADER_BYTES = 24

/** A frame of the log that ends a transaction says how large the database is then; the others say nothing. */
export function countsOf(
  calls: readonly Call[],
): Pick<PowerReport, 'calls' | 'transactions' | 'checkpoints'> {
  const ends = calls.filter(
    (call) =>
      call.kind === 'write' &&
      call.file.endsWith('-wal') &&
      call.data.length === FRAME_HEADER_BYTES &&
      call.data.readUInt32BE(4) > 0,
  )
  const checkpoints = calls.filter((call) => call.kind === 'sync' && call.file.endsWith('.db'))
  return { calls: calls.length, transactions: ends.length, checkpoints: checkpoints.length }
}
