import { spawn } from 'node:child_process'
import { fileURLToPath } from 'node:url'
import { parseArgs } from 'node:util'

/** `npx -y pnpm proof kill --cycles N`: the proofs that can be run for as long as one likes. */
const programs: Readonly<Record<string, string>> = {
  kill: 'apps/server/proof/run-kill.ts',
  power: 'apps/server/proof/run-power.ts',
  flood: 'apps/server/proof/run-flood.ts',
  fuzz: 'apps/server/fuzz/run-fuzz.ts',
  simulate: 'apps/server/simulation/run-simulate.ts',
  model: 'packages/payment-core/model/run-model.ts',
  confluence: 'packages/payment-core/model/run-confluence.ts',
  bugs: 'bug-bank/run-bugs.ts',
  mutation: 'mutation/run-mutation.ts',
}

const { positionals } = parseArgs({ allowPositionals: true, strict: false })
const program = programs[String(positionals[0])]
if (program === undefined) {
  console.log(`proof ${Object.keys(programs).join('|')} [options]; --help after it tells more`)
  process.exitCode = positionals.length === 0 ? 0 : 1
} else {
  const folder = fileURLToPath(new URL('..', import.meta.url))
  const given = process.argv.slice(2).filter((word) => word !== positionals[0])
  const child = spawn(process.execPath, [`${folder}${program}`, ...given], { stdio: 'inherit' })
  // Ctrl-C reaches the child by itself, which ends what it has started; this waits for it.
  process.on('SIGINT', () => undefined)
  process.on('SIGTERM', () => child.kill('SIGTERM'))
  child.on('exit', (code) => (process.exitCode = code ?? 1))
}
