// `npx -y pnpm release-check`: the bill of materials, known faults and signatures of what a release deploys. Every check that could not be made
// is told, and fails the command too.

import { spawnSync } from 'node:child_process'
import { globSync, mkdirSync, readFileSync, rmSync } from 'node:fs'
import { z } from 'zod'
import {
  auditVerdict,
  billVerdict,
  exitCodeOf,
  signatureVerdict,
  type Answer,
  type Verdict,
} from '../release/verdicts.ts'

const answerWithinMs = 120_000
const root = `${import.meta.dirname}/../../..`
const bill = 'dist/landfall.cdx.json'

function pnpm(...args: readonly string[]): Answer {
  const { status, stdout, stderr, error } = spawnSync('pnpm', [...args], {
    cwd: root,
    encoding: 'utf8',
    timeout: answerWithinMs,
    shell: process.platform === 'win32',
  })
  return {
    code: status,
    said: stdout ?? '',
    complained: error === undefined ? (stderr ?? '') : error.message,
  }
}

const Named = z.object({ name: z.string() })
const workspace = (): ReadonlySet<string> =>
  new Set(
    ['package.json', ...globSync('{apps,packages}/*/package.json', { cwd: root })].map(
      (path) => Named.parse(JSON.parse(readFileSync(`${root}/${path}`, 'utf8'))).name,
    ),
  )

function billOfMaterials(): Verdict {
  mkdirSync(`${root}/dist`, { recursive: true })
  rmSync(`${root}/${bill}`, { force: true })
  const form = ['--sbom-format', 'cyclonedx', '--sbom-type', 'application', '--prod', '--lockfile-only']
  const answer = pnpm('sbom', ...form, '--out', bill)
  return billVerdict(answer, answer.code === 0 ? readFileSync(`${root}/${bill}`, 'utf8') : '', workspace())
}

const checks: ReadonlyArray<readonly [name: string, check: () => Verdict]> = [
  [`bill of materials (${bill})`, billOfMaterials],
  ['known faults', () => auditVerdict(pnpm('audit', '--prod', '--json'))],
  ['signatures', () => signatureVerdict(pnpm('audit', 'signatures', '--json'))],
]

const verdicts = checks.map(([name, check]) => {
  const verdict = check()
  process.stdout.write(`${verdict.is.toUpperCase()}  ${name}: ${verdict.why}\n`)
  if (verdict.is === 'failed') for (const detail of verdict.details) process.stdout.write(`  ${detail}\n`)
  return verdict
})
process.exitCode = exitCodeOf(verdicts)
const ends = {
  0: 'Everything passed: release it.',
  1: 'Do not release: something failed.',
  3: 'Do not release: something was not checked. Run it again where the registry answers.',
}
process.stdout.write(`${ends[exitCodeOf(verdicts)]}\n`)
