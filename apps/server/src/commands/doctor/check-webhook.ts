import { z } from 'zod'
import type { Http } from '../../gateway/http.ts'
import { right, wrong, type Finding } from './finding.ts'
import { whyUnreachable } from './unreachable.ts'

const DEADLINE_MS = 10_000
const ANSWER_BYTES_MAX = 1_048_576
/** What Landfall says of a webhook without a payment: nothing is stored. */
const Refused = z.object({ kind: z.literal('bad_input') })

/** Posts an empty webhook to the public address. */
export async function checkWebhook(http: Http, publicUrl: string): Promise<Finding> {
  const check = 'webhook address'
  const url = `${publicUrl}/webhooks/portone`
  const answer = await http({
    method: 'POST',
    url,
    headers: { 'content-type': 'application/json' },
    body: '{}',
    deadlineMs: DEADLINE_MS,
    answerBytesMax: ANSWER_BYTES_MAX,
  })
  if (!answer.ok) {
    const cause = answer.problem.kind === 'unreachable' ? answer.problem.cause : answer.problem.kind
    const { found, advice } = whyUnreachable(cause)
    return wrong(
      check,
      `${url} ${found}`,
      `${advice} The address is PUBLIC_URL; npx -y pnpm start runs the server.`,
    )
  }
  const { status, text } = answer.value
  if (status === 400 && Refused.safeParse(jsonOf(text)).success)
    return right(check, `Landfall answers at ${url}`)
  return wrong(check, `${url} is answered with ${status}, and not by Landfall`, adviceFor(status))
}

function adviceFor(status: number): string {
  if (status >= 300 && status < 400)
    return 'The gateway follows no redirects: make PUBLIC_URL the final address, https where the proxy wants it.'
  if (status === 401 || status === 403)
    return 'A firewall, a login or a bot filter stands before it: let POST /webhooks/portone pass.'
  if (status >= 500)
    return 'The proxy does not reach Landfall: start the server, and correct the port in the proxy.'
  return 'Another program answers, or the proxy cuts paths: let it pass every path on, unchanged.'
}

function jsonOf(text: string): unknown {
  try {
    return JSON.parse(text)
  } catch {
    return null
  }
}
