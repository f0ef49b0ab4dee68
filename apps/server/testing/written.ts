import { appendFileSync, existsSync, mkdirSync, readdirSync, readFileSync, rmSync } from 'node:fs'
import { ServerResponse, type IncomingMessage } from 'node:http'
import { fileURLToPath } from 'node:url'
import { z } from 'zod'

/** A place of output whose readers must see neither secrets nor personal data. */
export type Place = 'logs' | 'errors' | 'metrics' | 'notices' | 'pages' | 'screens' | 'answers'
export type Suite = 'test' | 'proof'

const root = fileURLToPath(new URL('../../..', import.meta.url))
const folderOf = (suite: Suite): string => `${root}node_modules/.cache/landfall/written/${suite}`

const values = z.record(z.string(), z.string())
const listed = readFileSync(`${root}packages/repo-tools/canary/canaries.json`, 'utf8')
/** Values that stand nowhere else: whatever suite runs, its worlds are made of them, and `packages/repo-tools/canary/canary.test.ts` looks for them afterwards (S-17). */
export const canaries = z.object({ secrets: values, personal: values }).parse(JSON.parse(listed))

const all = Object.entries({ ...canaries.secrets, ...canaries.personal })
export const canary = (name: string): string => {
  const value = new Map(all).get(name)
  if (value === undefined) throw new Error(`no canary is named ${name}`)
  return value
}

/** Deletes the recordings of ended runs. Each run has a folder named by its process id, so concurrent runs stay apart. */
export function forgetWritten(suite: Suite): void {
  const folder = folderOf(suite)
  for (const run of existsSync(folder) ? readdirSync(folder) : [])
    if (!existsSync(`/proc/${run}`)) rmSync(`${folder}/${run}`, { recursive: true, force: true })
}

/** Records the output of one world or process. */
export type Written = {
  readonly write: (place: Place, text: string) => void
  /** Searches the product's input for canaries: the absence of one in the output proves nothing unless it was in the input. */
  readonly given: (text: string) => void
  /** Writes the records to disk, one line each, with the test's name. */
  readonly keep: (test: string) => void
}

export function writing(suite: Suite): Written {
  const texts: Array<{ readonly place: Place; readonly text: string }> = []
  const came = new Set<string>()
  return {
    write: (place, text) => void texts.push({ place, text }),
    given: (text) => {
      for (const [name, value] of all) if (!came.has(name) && text.includes(value)) came.add(name)
    },
    keep: (test) => {
      const folder = `${folderOf(suite)}/${process.ppid}`
      mkdirSync(folder, { recursive: true })
      const append = (file: string, lines: readonly unknown[]): void =>
        appendFileSync(
          `${folder}/${file}-${process.pid}.jsonl`,
          lines.map((line) => `${JSON.stringify(line)}\n`).join(''),
        )
      for (const [place, rows] of Map.groupBy(texts.splice(0), (each) => each.place))
        append(
          place,
          rows.map(({ text }) => ({ test, text })),
        )
      append('given', [{ test, came: [...came] }])
    },
  }
}

/** A `ServerResponse` class that records the body it sends. */
export function answersWrittenTo(written: Written): typeof ServerResponse {
  return class<R extends IncomingMessage = IncomingMessage> extends ServerResponse<R> {
    readonly #chunks: Buffer[] = []

    constructor(request: R) {
      super(request)
      written.given(`${request.url} ${JSON.stringify(request.headers)}`)
      this.on('close', () => {
        const text = Buffer.concat(this.#chunks).toString('utf8')
        if (text !== '') written.write(placeOf(request.url ?? '', text), text)
      })
    }

    #take(chunk: unknown): void {
      if (typeof chunk === 'string') this.#chunks.push(Buffer.from(chunk))
      else if (chunk instanceof Uint8Array) this.#chunks.push(Buffer.from(chunk))
    }

    override write(
      chunk: unknown,
      second?: BufferEncoding | ((error: Error | null | undefined) => void),
      third?: (error: Error | null | undefined) => void,
    ): boolean {
      this.#take(chunk)
      if (typeof second === 'function') return super.write(chunk, second)
      return second === undefined ? super.write(chunk, third) : super.write(chunk, second, third)
    }

    override end(first?: unknown, second?: BufferEncoding | (() => void), third?: () => void): this {
      this.#take(first)
      if (typeof first === 'function') return super.end(() => void first())
      if (typeof second === 'function') return super.end(first, second)
      return second === undefined ? super.end(first, third) : super.end(first, second, third)
    }
  }
}

/** Records the body of an answer without a socket while the caller reads it. */
export function writtenAnswer(written: Written, request: Request, answer: Response): Response {
  const { pathname, search } = new URL(request.url)
  written.given(`${pathname}${search} ${JSON.stringify([...request.headers])}`)
  if (answer.body === null) return answer
  const chunks: Uint8Array[] = []
  const noting = new TransformStream<Uint8Array, Uint8Array>({
    transform: (chunk, through) => {
      chunks.push(chunk)
      through.enqueue(chunk)
    },
    flush: () => {
      const text = Buffer.concat(chunks).toString('utf8')
      if (text !== '') written.write(placeOf(pathname, text), text)
    },
  })
  return new Response(answer.body.pipeThrough(noting), answer)
}

/** Screens and pages are for the holder of the link, and may show more than other answers. */
function placeOf(url: string, text: string): Place {
  if (url.startsWith('/metrics')) return 'metrics'
  if (/^\/(?:trpc\/payments\.|v1\/payments\/)/.test(url)) return 'screens'
  return text.startsWith('<!') ? 'pages' : 'answers'
}
