import { fileURLToPath } from 'node:url'
import { PageUnusable, readInventory } from '../http/page.ts'
import { selfCheck, type AskPage } from './page-check.ts'
import { parseCommandLine, exitWithUsage } from './command-line.ts'

const usage = `Compares what a running server sends, through whatever stands before it, with what was built here.

  pnpm self-check https://pay.example.com [--inventory <file>] [--shop-script <address>]
                  [--allowed-origin <origin>]… [--logo <address>]

Where pnpm is not installed, write npx -y pnpm. Paths are relative to the folder of the call.

Give --shop-script where the demo shop is open: the address of the gateway's script, as in PORTONE_V1_SDK_URL.
Give --allowed-origin for each of ALLOWED_ORIGINS, in its order, and --logo for SHOP_LOGO_URL.
`
const ANSWER_WITHIN_MS = 15_000

const { values, positionals } = parseCommandLine(usage, {
  inventory: { type: 'string' },
  'shop-script': { type: 'string' },
  'allowed-origin': { type: 'string', multiple: true },
  logo: { type: 'string' },
})
const [url, ...more] = positionals
const shopScriptUrl = values['shop-script'] ?? null
const logoUrl = values.logo ?? null
const frames = values['allowed-origin'] ?? []
const isWeb = (text: string): boolean => URL.canParse(text) && /^https?:$/.test(new URL(text).protocol)
const addresses = [shopScriptUrl, logoUrl, ...frames].filter((each) => each !== null)
if (url === undefined || more.length > 0 || ![url, ...addresses].every(isWeb)) exitWithUsage(usage)
const { origin } = new URL(url)

const ask: AskPage = async (path, headers) => {
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

try {
  const built = fileURLToPath(new URL('../../../web/dist/inventory.json', import.meta.url))
  const inventory = await readInventory(values.inventory ?? built)
  const shop = { logoUrl, frames: frames.map((each) => new URL(each).origin) }
  const expected = { url: origin, inventory, shopScriptUrl, shop }
  const { answers, files, differences } = await selfCheck(ask, expected)
  for (const difference of differences) process.stdout.write(`${difference}\n`)
  if (differences.length === 0)
    process.stdout.write(`${origin}: ${answers} answers and ${files} files are as they were built.\n`)
  else process.exitCode = 1
} catch (error) {
  if (!(error instanceof PageUnusable || error instanceof Unanswered)) throw error
  process.stderr.write(`${error.message}\n`)
  process.exitCode = 1
}
