import { describe, expect, test } from 'vitest'
import { auditVerdict, billVerdict, exitCodeOf, signatureVerdict, type Answer } from './verdicts.ts'

const answer = (said: unknown, code: number | null = 0, complained = ''): Answer => ({
  code,
  said: typeof said === 'string' ? said : JSON.stringify(said),
  complained,
})
/** What pnpm says where the registry cannot be reached, or does not answer this question. */
const offline = [
  answer('', 1, 'ERR_PNPM_AUDIT_BAD_RESPONSE responded with 405'),
  answer('', 1, 'ERR_PNPM_META_FETCH_FAIL'),
  answer('', null),
  answer('<html>proxy</html>'),
  answer({}),
  answer(''),
]
const counted = { metadata: { vulnerabilities: {}, totalDependencies: 106 } }
const fault = {
  module_name: 'zod',
  severity: 'low',
  title: 'A fault',
  url: 'https://github.com/advisories/GHSA-aaaa-bbbb-cccc',
}

describe('the audit of a release', () => {
  test('passes only when the registry has said that it knows no fault', () => {
    expect(auditVerdict(answer({ advisories: {}, ...counted })).is).toBe('passed')
    for (const each of offline) expect([each, auditVerdict(each).is]).toEqual([each, 'not checked'])
    const empty = { advisories: {}, metadata: { totalDependencies: 0 } }
    expect(auditVerdict(answer(empty)).is).toBe('not checked')
    expect(auditVerdict(answer({ advisories: {}, ...counted }, 1)).is).toBe('not checked')
  })

  test('fails on any known fault, also a low one, and names it', () => {
    for (const code of [0, 1])
      expect(auditVerdict(answer({ advisories: { 1: fault }, ...counted }, code))).toMatchObject({
        is: 'failed',
        details: [expect.stringMatching(/^zod: low, A fault \(https:.*GHSA/)],
      })
  })
})

describe('the signatures of a release', () => {
  test('pass only when every package has a valid one', () => {
    const good = { audited: 9, verified: 9, invalid: [], missing: [] }
    expect(signatureVerdict(answer(good)).is).toBe('passed')
    expect(signatureVerdict(answer({ ...good, verified: 8, missing: [{ name: 'x' }] }, 1))).toMatchObject({
      is: 'failed',
      details: ['{"name":"x"}'],
    })
    expect(signatureVerdict(answer({ ...good, verified: 8 })).is).toBe('failed')
    // What pnpm answers, with status 0, where a registry has no keys.
    expect(signatureVerdict(answer({ ...good, audited: 0, verified: 0 })).is).toBe('not checked')
    for (const each of offline) expect([each, signatureVerdict(each).is]).toEqual([each, 'not checked'])
  })
})

describe('the bill of materials of a release', () => {
  const hashed = [{ hashes: [{ alg: 'SHA-512', content: 'x' }] }]
  const bill = (components: unknown): string => JSON.stringify({ bomFormat: 'CycloneDX', components })
  const ours = new Set(['@landfall/server'])
  const own = { group: '@landfall', name: 'server', purl: 'pkg:npm/server' }

  test('lists every package with its hash; only our own have none', () => {
    const zod = { name: 'zod', purl: 'pkg:npm/zod@4' }
    const whole = bill([own, { ...zod, externalReferences: hashed }])
    expect(billVerdict(answer(''), whole, ours).is).toBe('passed')
    for (const bare of [zod, { ...zod, externalReferences: [{}] }])
      expect(billVerdict(answer(''), bill([own, bare]), ours)).toMatchObject({
        is: 'failed',
        details: ['pkg:npm/zod@4'],
      })
    expect(billVerdict(answer('', 1, 'ERR_PNPM'), whole, ours).is).toBe('not checked')
    for (const text of ['', '{}', bill([])])
      expect([text, billVerdict(answer(''), text, ours).is]).toEqual([text, 'failed'])
  })
})

test('a release passes when all checks did; a check that could not be made is told apart from one that failed', () => {
  const passed = { is: 'passed', why: '' } as const
  const failed = { is: 'failed', why: '', details: [] } as const
  const missed = { is: 'not checked', why: '' } as const
  expect([[passed, passed], [passed, missed], [missed, failed], [failed]].map(exitCodeOf)).toEqual([
    0, 3, 1, 1,
  ])
})
