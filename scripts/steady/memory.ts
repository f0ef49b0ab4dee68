import { readdirSync, readFileSync } from 'node:fs'

const LOOK_EVERY_MS = 1_000
const PAGE_BYTES = 4_096

/** Follows a process and all that it started: the most memory they ever held together, in bytes. Shared pages count for each; 0 where there is no /proc. */
export function watchMemory(pid: number | undefined): { readonly stop: () => number } {
  let peak = 0
  const look = (): void => {
    if (pid !== undefined) peak = Math.max(peak, heldBelow(pid))
  }
  const timer = setInterval(look, LOOK_EVERY_MS)
  return {
    stop: () => {
      clearInterval(timer)
      return peak
    },
  }
}

function heldBelow(root: number): number {
  const children = Map.groupBy(processes(), ({ parent }) => parent)
  let held = 0
  const waiting = [root]
  const seen = new Set(waiting)
  for (const at of waiting)
    for (const { pid, bytes } of children.get(at) ?? []) {
      if (seen.has(pid)) continue
      seen.add(pid)
      waiting.push(pid)
      held += bytes
    }
  return held
}

type Process = { readonly pid: number; readonly parent: number; readonly bytes: number }

function processes(): Process[] {
  try {
    return readdirSync('/proc')
      .filter((name) => /^\d+$/.test(name))
      .flatMap((name) => processOf(name))
  } catch {
    return []
  }
}

function processOf(name: string): Process[] {
  try {
    // The name of the program may hold spaces and brackets: what is read follows its last bracket.
    const rest = readFileSync(`/proc/${name}/stat`, 'utf8')
      .replace(/^.*\) /s, '')
      .split(' ')
    return [{ pid: Number(name), parent: Number(rest[1]), bytes: Number(rest[21]) * PAGE_BYTES }]
  } catch {
    return [] // it ended meanwhile
  }
}
