import { spawn } from 'node:child_process'
import { fileURLToPath } from 'node:url'
import { parseArgs } from 'node:util'
import { proveAll } from '../proof/ci.ts'

/** `npx -y pnpm proof ci` runs all of them in short; `npx -y pnpm proof kill --cycles N` one, for as long as one likes. */
const programs: Readonly<Record<string, string>> = {
  kill: 'apps/server/verification/crash/run-kill.ts',
  power: 'apps/server/verification/crash/run-power.ts',
  flood: 'apps/server/verification/crash/run-flood.ts',
  edge: 'apps/server/verification/crash/run-edge.ts',
  stop: 'apps/server/verification/crash/run-stop.ts',
  fuzz: 'apps/server/verification/fuzz/run-fuzz.ts',
  simulate: 'apps/server/verification/simulation/run-simulate.ts',
  calls: 'apps/server/verification/failing-calls/run-calls.ts',
  model: 'packages/payment-core/model/run-model.ts',
  confluence: 'packages/payment-core/model/run-confluence.ts',
  bugs: 'packages/repo-tools/bug-bank/run-bugs.ts',
  mutation: 'packages/repo-tools/mutation/run-mutation.ts',
  steady: 'packages/repo-tools/steady/run-steady.ts',
}

const { positionals } = parseArgs({ allowPositionals: true, strict: false })
const [name] = positionals
const given = process.argv.slice(2).filter((word) => word !== name)
const program = programs[String(name)]
if (name === 'ci') process.exitCode = await proveAll(given)
else if (program === undefined) {
  console.log(`proof ci|${Object.keys(programs).join('|')} [options]; --help after it tells more`)
  process.exitCode = name === undefined ? 0 : 1
} else {
  const folder = fileURLToPath(new URL('../../..', import.meta.url))
  const child = spawn(process.execPath, [`${folder}${program}`, ...given], { stdio: 'inherit' })
  // Ctrl-C reaches the child by itself, which ends what it has started; this waits for it.
  process.on('SIGINT', () => undefined)
  process.on('SIGTERM', () => child.kill('SIGTERM'))
  child.on('exit', (code) => (process.exitCode = code ?? 1))
}
