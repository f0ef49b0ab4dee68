/** What must be gone when this program ends before its time: processes, folders. Ctrl-C leaves nothing behind. */
const kept = new Set<() => void>()
const EXIT_CODES = { SIGINT: 130, SIGTERM: 143, SIGHUP: 129 } as const
let isHeard = false

/** Has `clear` run when this program is stopped, until it is left. */
export function clearedAway(clear: () => void): () => void {
  if (!isHeard) {
    isHeard = true
    for (const [signal, code] of Object.entries(EXIT_CODES)) process.once(signal, () => process.exit(code))
    process.once('exit', clearAll)
  }
  kept.add(clear)
  return clear
}

export const leave = (clear: () => void): void => void kept.delete(clear)

/** However it ends, an error nobody caught included. The newest first: a process before the folder it writes into. */
function clearAll(): void {
  for (const clear of [...kept].toReversed()) clear()
}
