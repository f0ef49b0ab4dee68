import { spawn } from 'node:child_process'
import { once } from 'node:events'
import { fileURLToPath } from 'node:url'
import { runLandfall } from '../src/commands/program.ts'
import type { ExitCode, Terminal } from '../src/commands/terminal.ts'

const here = (path: string): string => fileURLToPath(new URL(path, import.meta.url))

/** A call of `landfall` in this process, which goes on while the test looks. */
export function calling(words: readonly string[], environment: Readonly<Record<string, string>> = {}) {
  let [out, error] = ['', '']
  const stopping = new AbortController()
  const terminal: Terminal = {
    out: (text) => void (out += text),
    error: (text) => void (error += text),
    environment: async () => ({ ENV_FILE: '/dev/null', ...environment }),
    stop: () => stopping.signal,
  }
  const ended = runLandfall(words, terminal).then((code: ExitCode) => ({ code, out, error }))
  return { ended, out: () => out, stop: () => stopping.abort() }
}

/** Calls `landfall` in this process, to its end. */
export const landfall = (words: readonly string[], environment: Readonly<Record<string, string>> = {}) =>
  calling(words, environment).ended

/** Starts `landfall` as a process of its own, for what a process alone can show. `preloads` are loaded before it. */
export function landfallProcess(words: readonly string[], preloads: readonly string[] = []) {
  const imports = [here('./drizzle-as-commonjs.ts'), ...preloads].flatMap((each) => ['--import', each])
  const program = here('../src/commands/landfall.ts')
  const child = spawn(process.execPath, [...imports, program, '--', ...words], {
    stdio: ['ignore', 'pipe', 'pipe'],
  })
  let [out, error] = ['', '']
  child.stdout.on('data', (text) => (out += String(text)))
  child.stderr.on('data', (text) => (error += String(text)))
  const ended = once(child, 'close').then(([code]) => ({ code: Number(code), out, error }))
  return { ended, child, out: () => out }
}
