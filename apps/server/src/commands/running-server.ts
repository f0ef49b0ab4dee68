import { z } from 'zod'
import { withEnvFile, type Variables } from '../config/env-file.ts'
import { startOrDevelopmentEnvironment } from './start-settings.ts'
import { InvalidArguments } from './terminal.ts'

/** A call that the server did not answer, or refused. The message is a sentence for the person at the terminal. */
export class Unanswered extends Error {
  override readonly name = 'Unanswered'
}

/** A server that runs, called by its REST API with a merchant key. */
export type RunningServer = {
  readonly url: string
  readonly call: <T>(method: 'GET' | 'POST', path: string, answer: z.ZodType<T>, body?: object) => Promise<T>
}

const DEADLINE_MS = 20_000
const Details = z.object({ detail: z.string(), action: z.string().optional() })

/** The settings of the server that a command speaks to: a started one's, or those of `npx -y pnpm dev`. */
export function settingsOfRunning(environment: Variables): Variables {
  const variables = withEnvFile(startOrDevelopmentEnvironment(environment))
  if (!variables.ok) throw new InvalidArguments(variables.problem.join('\n'))
  return variables.value
}

/**
 * Finds the server at LANDFALL_URL or PUBLIC_URL, and the key in LANDFALL_KEY. Settings hold keys as digests, but those of
 * development in the clear.
 */
export function runningServer(settings: Variables): RunningServer {
  const url = (settings['LANDFALL_URL'] ?? settings['PUBLIC_URL'] ?? '').trim().replace(/\/+$/, '')
  if (!URL.canParse(url)) throw new InvalidArguments('Set LANDFALL_URL to the address of the server.')
  const [listed = ''] = (settings['MERCHANT_API_KEYS'] ?? '').trim().split(/[\s,]+/)
  const key = (settings['LANDFALL_KEY'] ?? '').trim() || (listed.includes(':') ? '' : listed)
  if (key === '')
    throw new InvalidArguments('Set LANDFALL_KEY to a merchant key: the settings hold its digest alone.')
  return {
    url,
    call: async (method, path, answer, body) => {
      const headers = { authorization: `Bearer ${key}`, 'content-type': 'application/json' }
      const sent = { method, headers, ...(body === undefined ? {} : { body: JSON.stringify(body) }) }
      const { status, value } = await answerOf(url, path, sent)
      if (status < 300) return answer.parse(value)
      throw new Unanswered(refusal(url, status, value))
    },
  }
}

async function answerOf(
  url: string,
  path: string,
  sent: RequestInit,
): Promise<{ readonly status: number; readonly value: unknown }> {
  try {
    const signal = AbortSignal.timeout(DEADLINE_MS)
    const response = await fetch(url + path, { ...sent, redirect: 'manual', signal })
    const text = await response.text()
    return { status: response.status, value: response.ok || text.startsWith('{') ? JSON.parse(text) : null }
  } catch (error) {
    const cause = error instanceof Error ? (error.cause ?? error) : error
    const why = cause instanceof Error ? cause.message : String(cause)
    throw new Unanswered(`Landfall does not answer at ${url}: ${why}. LANDFALL_URL names another address.`, {
      cause: error,
    })
  }
}

function refusal(url: string, status: number, value: unknown): string {
  if (status === 401)
    return `The server at ${url} does not know the key: set LANDFALL_KEY to one of its merchant keys.`
  const details = Details.safeParse(value)
  if (!details.success) return `The server at ${url} answers ${status}, and not as Landfall does.`
  return [details.data.detail, details.data.action ?? ''].join(' ').trim()
}
