import { fileURLToPath } from 'node:url'
import { PageUnusable, readInventory } from '../http/page.ts'
import { checkPages, type AskPage } from './page-check.ts'
import { InvalidArguments, type ExitCode, type Terminal } from './terminal.ts'

const ANSWER_WITHIN_MS = 15_000

export type SelfCheckOptions = {
  readonly inventory?: string
  readonly shopScript?: readonly string[]
  readonly allowedOrigin?: readonly string[]
  readonly logo?: string
}

const isWeb = (text: string): boolean => URL.canParse(text) && /^https?:$/.test(new URL(text).protocol)

/** Compares what a running server sends, through whatever stands before it, with what was built here. */
export async function selfCheck(
  url: string,
  { inventory, shopScript: shopScripts = [], allowedOrigin: frames = [], logo }: SelfCheckOptions,
  terminal: Terminal,
): Promise<ExitCode> {
  const wrong = [url, logo, ...shopScripts, ...frames].find((each) => each !== undefined && !isWeb(each))
  if (wrong !== undefined) throw new InvalidArguments(`${wrong} is no http or https address.`)
  const { origin } = new URL(url)
  try {
    const built = fileURLToPath(new URL('../../../web/dist/inventory.json', import.meta.url))
    const shop = { logoUrl: logo ?? null, frames: frames.map((each) => new URL(each).origin) }
    const { answers, files, differences } = await checkPages(askAt(origin), {
      url: origin,
      inventory: await readInventory(inventory ?? built),
      shopScriptUrls: shopScripts,
      shop,
    })
    for (const difference of differences) terminal.out(`${difference}\n`)
    if (differences.length > 0) return 1
    terminal.out(`${origin}: ${answers} answers and ${files} files are as they were built.\n`)
    return 0
  } catch (error) {
    if (!(error instanceof PageUnusable || error instanceof Unanswered)) throw error
    terminal.error(`${error.message}\n`)
    return 1
  }
}

const askAt =
  (origin: string): AskPage =>
  async (path, headers) => {
    const aborter = new AbortController()
    const timer = setTimeout(
      () => aborter.abort(new Error(`no answer within ${ANSWER_WITHIN_MS} ms`)),
      ANSWER_WITHIN_MS,
    )
    try {
      const answer = await fetch(origin + path, { headers, redirect: 'manual', signal: aborter.signal })
      return {
        status: answer.status,
        headers: answer.headers,
        body: new Uint8Array(await answer.arrayBuffer()),
      }
    } catch (error) {
      throw new Unanswered(`${origin}${path} cannot be read: ${reasonOf(error)}`)
    } finally {
      clearTimeout(timer)
    }
  }

class Unanswered extends Error {
  override readonly name = 'Unanswered'
}

function reasonOf(error: unknown): string {
  if (!(error instanceof Error)) return String(error)
  return error.cause instanceof Error ? error.cause.message : error.message
}
