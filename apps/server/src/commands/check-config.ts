import { readConfig } from '../config/config.ts'
import { refusalLines, terminalLines } from './terminal-lines.ts'

// `npx -y pnpm start` runs this before it builds, so that a configuration error costs no build. Exits with 1 when the
// server would not start.

const read = readConfig()
if (read.ok)
  for (const warning of read.value.warnings) process.stdout.write(`${terminalLines(`Warning: ${warning}`)}\n`)
else {
  process.stderr.write(`${refusalLines(read.problem)}\n`)
  process.exitCode = 1
}
