import { INPUT_MARK, PATH_MARK } from './grammar.ts'
import type { Input } from './requests.ts'
import { isSoundlySigned, signatureHeaders } from './signing.ts'
import { canaries } from './truth.ts'
import { ORIGIN, type FuzzWorld, type LogLine } from './world.ts'

/** Requests made at once: those of one tick share a commit, as they do in production. */
export const AT_ONCE_MAX = 16

/** Makes the requests at once and throws at the first thing that must never be; gives the status each was answered with. */
export async function knock(world: FuzzWorld, inputs: readonly Input[]): Promise<string[]> {
  world.newLines()
  const answered = await Promise.allSettled(inputs.map((input) => one(world, input)))
  // Before anything is thrown: the lines of these are not the next ones'.
  const lines = world.newLines()
  for (const [index, each] of answered.entries())
    if (each.status === 'rejected')
      throw new Error(`${String(each.reason)} ← ${JSON.stringify(inputs[index])}`)
  checkLines(lines, inputs.length)
  return answered.flatMap((each) => (each.status === 'fulfilled' ? [each.value] : []))
}

async function one({ app, clock }: FuzzWorld, input: Input): Promise<string> {
  const { method, path, headers, body, signing } = input
  const hasBody = body !== null && method !== 'GET' && method !== 'HEAD'
  const signed = signing === undefined ? [] : signatureHeaders(signing, body ?? '', clock.nowMs())
  const answer = await app.fetch(
    new Request(ORIGIN + path, {
      method,
      headers: [...Object.entries(headers), ...signed],
      ...(hasBody ? { body: new Uint8Array(Buffer.from(body, 'latin1')) } : {}),
    }),
  )
  const text = await textOf(answer)
  const isShed = answer.status === 503 && answer.headers.has('retry-after')
  if (answer.status >= 500 && !isShed) throw new Error(`${answer.status}: ${text.slice(0, 300)}`)
  if (signing !== undefined && !isSoundlySigned(signing) && answer.status < 300)
    throw new Error(`W-09: ${answer.status} for a message that nobody has signed`)
  checkLocation(answer)
  checkText(answer, text)
  return String(answer.status)
}

/** A subscription goes on for ever: its head is enough. */
async function textOf(answer: Response): Promise<string> {
  if (!(answer.headers.get('content-type') ?? '').startsWith('text/event-stream')) return answer.text()
  await answer.body?.cancel()
  return ''
}

/** A redirect leads to the result page and to nothing else (S-18); nothing of the query is in it but a token of ours. */
function checkLocation(answer: Response): void {
  const location = answer.headers.get('location')
  const isRedirect = answer.status >= 300 && answer.status < 400
  if (isRedirect !== (location !== null)) throw new Error(`${answer.status} with location ${location}`)
  if (location !== null && !new RegExp(`^${ORIGIN}/result/[\\w-]+\\.[\\w-]+\\.[\\w-]+$`).test(location))
    throw new Error(`a redirect to ${location}`)
  if (answer.headers.get('set-cookie') !== null) throw new Error('a cookie is set')
}

/** What an answer may quote of its request: nothing, but the words of a return on the screen of its own order. */
function checkText(answer: Response, text: string): void {
  checkCanaries(text)
  for (const [name, value] of answer.headers)
    if (value.includes(INPUT_MARK)) throw new Error(`the header ${name} quotes the input`)
  const type = answer.headers.get('content-type') ?? ''
  if (type.startsWith('text/html')) {
    if (/<script|<img|onerror|zqInput|zqPath/i.test(text)) throw new Error('the page quotes the input')
    return
  }
  if (text !== '' && !type.startsWith('application/json') && !type.startsWith('text/plain'))
    throw new Error(`an answer of type ${type}`)
  if (text !== '' && answer.headers.get('x-content-type-options') !== 'nosniff') throw new Error('no nosniff')
  if (answer.status >= 400 && text.includes(INPUT_MARK))
    throw new Error(`the refusal quotes the input: ${text}`)
}

export function checkCanaries(text: string): void {
  for (const [name, canary] of Object.entries(canaries))
    if (text.includes(canary)) throw new Error(`S-17: the ${name} is in ${text.slice(0, 300)}`)
}

/** One line for every request, JSON, with nothing of the request in it (R-16, S-17); no exception behind any answer. */
export function checkLines(lines: readonly LogLine[], requests: number): void {
  const told = lines.filter(({ msg }) => msg === 'request').map(({ requestId }) => requestId)
  if (told.length !== requests || new Set(told).size !== requests)
    throw new Error(`${told.length} request lines for ${requests} requests`)
  for (const line of lines) {
    if (line.err !== undefined) throw new Error(`an exception: ${line.text}`)
    checkCanaries(line.text)
    if (line.text.includes(INPUT_MARK) || line.text.includes(PATH_MARK))
      throw new Error(`the log quotes the input: ${line.text}`)
  }
}
