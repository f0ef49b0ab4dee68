// `npx -y pnpm audit:report`: what is known to be wrong with the packages of the lockfile. A report: it ends well whatever it finds.

import { spawnSync } from 'node:child_process'

const answerWithinMs = 60_000

const { status, stdout, stderr, error } = spawnSync('pnpm', ['audit', ...process.argv.slice(2)], {
  cwd: `${import.meta.dirname}/../../..`,
  encoding: 'utf8',
  timeout: answerWithinMs,
  shell: process.platform === 'win32',
})
const said = `${stdout ?? ''}${stderr ?? ''}`.trim()
if (said !== '') process.stdout.write(`${said}\n\n`)
process.stdout.write(`${verdict()}\n`)

function verdict(): string {
  if (error !== undefined) return `The report could not be made: ${error.message}`
  if (status === 0) return 'Nothing is known to be wrong with the packages of the lockfile.'
  if (/ERR_PNPM_/.test(said))
    return 'The report could not be made: the registry does not answer this question here. Nothing is known either way.'
  return 'Packages of the lockfile have known faults, listed above. A report, not a verdict: read whether they can be reached.'
}
