import { spawnSync } from 'node:child_process'
import { fileURLToPath } from 'node:url'

/** Puts what a run has shown into docs/proof.md. The repository's own scripts are no part of this package: one is run, with what to write. */
export function write(section: string, command: string, lines: readonly string[]): void {
  const script = fileURLToPath(new URL('../../repo-tools/commands/record.ts', import.meta.url))
  const written = spawnSync(process.execPath, [script, section, command], {
    input: lines.join('\n'),
    stdio: ['pipe', 'inherit', 'inherit'],
  })
  if (written.status !== 0) throw new Error('docs/proof.md could not be written')
}
