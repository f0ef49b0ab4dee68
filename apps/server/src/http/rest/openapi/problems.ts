import type { ProblemDetails } from '@landfall/payment-core'
import { answerTo, otherActions } from '../../problem-answers.ts'
import { detailsOf } from '../problem-details.ts'
import type { Declaration } from '../procedures.ts'
import type { RestRow } from '../rows.ts'
import { referenceTo } from './components.ts'
import { problems } from './examples.ts'
import type { JsonObject } from './json.ts'
import { operations } from './operations.ts'

/** Every kind of problem, with an example. */
export const examplesOfProblems: ReadonlyMap<string, ProblemDetails> = new Map([
  ...Object.values(problems).map((problem) => {
    const { status, message, action } = answerTo(problem)
    return [problem.kind, detailsOf({ kind: problem.kind, message, action }, status)] as const
  }),
  other('our_fault', 500, 'This is our fault. It is logged as 3f0c9c1e.'),
])

function other(kind: keyof typeof otherActions, status: 500, message: string) {
  return [kind, detailsOf({ kind, message, action: otherActions[kind] }, status)] as const
}

/** The kinds that a row's call can answer with. */
export function kindsOf({ procedure, method }: RestRow, { who }: Pick<Declaration, 'who'>): string[] {
  const isMerchants = who.startsWith('merchant key')
  return [
    'bad_input',
    ...(isMerchants ? ['unauthorized', 'not_allowed'] : ['too_many_requests']),
    ...(method === 'POST' ? ['slow_body', 'too_large', 'unsupported_content'] : []),
    ...operations[procedure].problems,
    ...(method === 'POST' ? ['contended'] : []),
    ...(operations[procedure].problems.includes('gateway_unreachable') ? ['gateway_busy'] : []),
    'storage_unavailable',
    'busy',
    'our_fault',
  ]
}

/** The kinds by status, as the responses of an operation. */
export function responsesOf(kinds: readonly string[]): JsonObject {
  const byStatus = Map.groupBy(kinds, (kind) => examplesOfProblems.get(kind)?.status ?? 500)
  return Object.fromEntries(
    [...byStatus]
      .toSorted(([a], [b]) => a - b)
      .map(([status, found]) => [String(status), responseOf(status, found)]),
  )
}

function responseOf(status: number, kinds: readonly string[]): JsonObject {
  return {
    description: kinds
      .map((kind) => `\`${kind}\`: ${examplesOfProblems.get(kind)?.detail ?? ''}`)
      .join('\n\n'),
    ...(status === 503 || status === 429 ? { headers: { 'Retry-After': retryAfter } } : {}),
    content: {
      'application/problem+json': {
        schema: {
          allOf: [
            referenceTo('ProblemDetails'),
            {
              type: 'object',
              properties: { kind: { enum: kinds, description: 'The kinds of this status.' } },
            },
          ],
        },
        examples: Object.fromEntries(kinds.map((kind) => [kind, { $ref: `#/components/examples/${kind}` }])),
      },
    },
  }
}

const retryAfter: JsonObject = {
  description: 'How long to wait, in seconds.',
  schema: { type: 'integer', examples: [5] },
}
