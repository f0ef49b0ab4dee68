import { spawn } from 'node:child_process'

/** Processes that do nothing, as fast as they can. They end with this one, however it ends: their standard input closes. */
export function busyLoops(count: number): { readonly stop: () => void } {
  const loop = `process.stdin.on('end', () => process.exit()).resume(); setInterval(() => { const until = Date.now() + 500; while (Date.now() < until); }, 0)`
  const loops = Array.from({ length: count }, () =>
    spawn(process.execPath, ['-e', loop], { stdio: ['pipe', 'ignore', 'ignore'] }),
  )
  return {
    stop: () => {
      for (const each of loops) each.kill('SIGKILL')
    },
  }
}
