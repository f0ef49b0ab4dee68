// What the answers of pnpm say about a release. A check that could not be made is no pass.

import { z } from 'zod'

/** How a program ended: `code` is null when it was killed or could not be started. */
export type Answer = { readonly code: number | null; readonly said: string; readonly complained: string }

export type Verdict =
  | { readonly is: 'passed'; readonly why: string }
  | { readonly is: 'failed'; readonly why: string; readonly details: readonly string[] }
  | { readonly is: 'not checked'; readonly why: string }

const notChecked = (what: string, { said, complained }: Answer): Verdict => ({
  is: 'not checked',
  why: `${what}: ${`${complained} ${said}`.replace(/\s+/g, ' ').trim().slice(0, 300) || 'there was no answer'}`,
})

function jsonOf(text: string): unknown {
  try {
    return JSON.parse(text)
  } catch {
    return null
  }
}

const Audit = z.object({
  advisories: z.record(
    z.string(),
    z.object({ module_name: z.string(), severity: z.string(), title: z.string(), url: z.string() }),
  ),
  metadata: z.object({ totalDependencies: z.number().int().positive() }),
})

/** The answer of `pnpm audit --prod --json`: any known fault of a package that is deployed fails the release. */
export function auditVerdict(answer: Answer): Verdict {
  const read = Audit.safeParse(jsonOf(answer.said))
  if (!read.success) return notChecked('the registry told of no faults and of no absence of faults', answer)
  const { advisories, metadata } = read.data
  const details = Object.values(advisories).map(
    ({ module_name: name, severity, title, url }) => `${name}: ${severity}, ${title} (${url})`,
  )
  if (details.length > 0) return { is: 'failed', why: 'deployed packages have known faults', details }
  if (answer.code !== 0) return notChecked('the audit ended with an error', answer)
  return { is: 'passed', why: `${metadata.totalDependencies} packages have no known fault` }
}

const Signatures = z.object({
  audited: z.number().int(),
  verified: z.number().int(),
  invalid: z.array(z.unknown()),
  missing: z.array(z.unknown()),
})

/** The answer of `pnpm audit signatures --json`: the registry has signed every installed package. */
export function signatureVerdict(answer: Answer): Verdict {
  const read = Signatures.safeParse(jsonOf(answer.said))
  if (!read.success || read.data.audited === 0) return notChecked('no signature was read', answer)
  const { audited, verified, invalid, missing } = read.data
  const details = [...invalid, ...missing].map((each) => JSON.stringify(each))
  if (details.length > 0 || verified !== audited)
    return { is: 'failed', why: `${verified} of ${audited} packages have a valid signature`, details }
  if (answer.code !== 0) return notChecked('the check of signatures ended with an error', answer)
  return { is: 'passed', why: `${verified} packages have a valid signature` }
}

const Bom = z.object({
  bomFormat: z.literal('CycloneDX'),
  components: z
    .array(
      z.object({
        group: z.string().optional(),
        name: z.string(),
        purl: z.string(),
        externalReferences: z.array(z.object({ hashes: z.array(z.unknown()).optional() })).optional(),
      }),
    )
    .min(1),
})

/** The bill of materials, and the answer of the program that wrote it. Packages of the workspace alone may lack a hash. */
export function billVerdict(answer: Answer, text: string, workspace: ReadonlySet<string>): Verdict {
  if (answer.code !== 0) return notChecked('no bill of materials was written', answer)
  const read = Bom.safeParse(jsonOf(text))
  if (!read.success)
    return {
      is: 'failed',
      why: 'the bill of materials is not a CycloneDX one',
      details: [read.error.message],
    }
  const { components } = read.data
  const bare = components.filter(
    ({ group, name, externalReferences = [] }) =>
      !workspace.has(group === undefined ? name : `${group}/${name}`) &&
      !externalReferences.some(({ hashes = [] }) => hashes.length > 0),
  )
  if (bare.length > 0)
    return {
      is: 'failed',
      why: 'components of the bill of materials have no hash',
      details: bare.map(({ purl }) => purl),
    }
  return { is: 'passed', why: `the bill of materials lists ${components.length} packages with their hashes` }
}

/** 0 when everything passed, 1 when something failed, 3 when nothing failed and something was not checked. */
export const exitCodeOf = (verdicts: readonly Verdict[]): 0 | 1 | 3 =>
  verdicts.some(({ is }) => is === 'failed') ? 1 : verdicts.every(({ is }) => is === 'passed') ? 0 : 3
