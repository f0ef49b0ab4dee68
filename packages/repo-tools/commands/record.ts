import { execFileSync } from 'node:child_process'
import { existsSync, readFileSync, writeFileSync } from 'node:fs'
import { cpus } from 'node:os'
import { fileURLToPath } from 'node:url'

const root = fileURLToPath(new URL('../../..', import.meta.url))
const proofPath = `${root}docs/proof.md`

const heading = `# Recorded proofs

Each section is written by its command.
`

/** All but what the runs themselves write down: one that is told of just before another changes nothing in what the other ran. */
const code = ['.', ':(exclude)docs', ':(exclude)packages/repo-tools/mutation/recorded.json']

/** Where and when a run took place: what its numbers mean depends on it. */
export function circumstances(command: string): string[] {
  const revision = execFileSync('git', ['rev-parse', '--short', 'HEAD'], {
    cwd: root,
    encoding: 'utf8',
  }).trim()
  const changed =
    execFileSync('git', ['status', '--porcelain', '--untracked-files=no', '--', ...code], {
      cwd: root,
      encoding: 'utf8',
    }) !== ''
  const processors = cpus()
  return [
    `\`${command}\` at commit ${revision}${changed ? ' with changes on top' : ''}, ${new Date().toISOString().slice(0, 10)}, ` +
      `on ${processors.length} × ${processors[0]?.model.trim() ?? 'unknown processor'}, Node ${process.versions.node}:`,
  ]
}

/** Writes a section of `docs/proof.md`; the other sections stay as they are. */
export function record(section: string, lines: readonly string[]): void {
  const text = existsSync(proofPath) ? readFileSync(proofPath, 'utf8') : heading
  writeFileSync(proofPath, withSection(text, section, lines))
}

/** A section reaches from its heading to the next one. A new section comes last. */
export function withSection(text: string, section: string, lines: readonly string[]): string {
  const title = `\n## ${section}\n`
  const written = `${title}\n${lines.join('\n').trimEnd()}\n`
  const from = text.indexOf(title)
  if (from < 0) return `${text.trimEnd()}\n${written}`
  const next = text.indexOf('\n## ', from + title.length)
  return text.slice(0, from) + written + (next < 0 ? '' : text.slice(next))
}

/** `node packages/repo-tools/commands/record.ts <section> <command>` with the lines on its input: for programs of the apps, which import no script. */
if (process.argv[1] === fileURLToPath(import.meta.url)) {
  const [, , section = '', command = ''] = process.argv
  const lines = readFileSync(0, 'utf8').split('\n')
  record(section, [...circumstances(command), '', ...lines])
  process.stdout.write(`docs/proof.md: «${section}» is written\n`)
}
