import { spawnSync } from 'node:child_process'
import { fileURLToPath } from 'node:url'

/** Writes a run's result into docs/proof.md. It runs the script of repo-tools, which this package must not import. */
export function recordInProof(section: string, command: string, lines: readonly string[]): void {
  const script = fileURLToPath(new URL('../../repo-tools/commands/record.ts', import.meta.url))
  const written = spawnSync(process.execPath, [script, section, command], {
    input: lines.join('\n'),
    stdio: ['pipe', 'inherit', 'inherit'],
  })
  if (written.status !== 0) throw new Error('docs/proof.md could not be written')
}
