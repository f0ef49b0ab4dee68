import fc from 'fast-check'
import { createServer, type Server, type Socket } from 'node:net'
import { openHttp } from '../../src/gateway/http.ts'
import { hostileText } from './grammar.ts'

/** What a hostile gateway, or a shop's hostile receiver, writes on the socket: bytes that need not be HTTP. */
export type Plan = {
  readonly head: string
  readonly headers: readonly string[]
  readonly size: number
  /** How much body `content-length` promises, against what comes; null says nothing or `chunked`. */
  readonly promised: number | null
  readonly behind: string
  readonly end: 'keep' | 'close' | 'reset' | 'silent'
}

/** Calls at once in one run; they share the client's sockets, as the product's do. */
export const PLANS_MAX = 8
const DEADLINE_MS = 150
/** A deadline is kept, however slow this machine: nothing waits for ever. */
const PATIENCE_MS = 10_000
const BYTES_MAX = 64 * 1024

const oddHeaders = fc.oneof(
  fc.constantFrom(
    'location: http://127.0.0.1:1/elsewhere',
    'transfer-encoding: chunked',
    'transfer-encoding: gzip, chunked',
    'content-length: -1',
    'content-length: 99999999999999999999',
    'content-encoding: gzip',
    'retry-after: 1e999',
    'retry-after: -1',
    'upgrade: websocket',
    '__proto__: x',
    ' folded: x',
    'no colon',
    'connection: keep-alive',
  ),
  fc.constantFrom(100, 20_000).map((size) => `x-long: ${'y'.repeat(size)}`),
  hostileText.map((text) => `x-text: ${text}`),
)

const oddHeads = [
  'HTTP/1.1 301 Moved',
  'HTTP/1.1 307 Again',
  'HTTP/1.1 410 Gone',
  'HTTP/1.1 500 x',
  'HTTP/1.1 204 None',
  'HTTP/1.1 304 Same',
  'HTTP/1.1 101 Switch',
  'HTTP/1.1 103 Hints',
  'HTTP/1.0 200 OK',
  'HTTP/9.9 200 OK',
  'HTTP/1.1 999 x',
  'HTTP/1.1 -1 x',
  '220 smtp ready',
  '\x16\x03\x01',
  '',
  '<html>',
]

export const plans: fc.Arbitrary<readonly Plan[]> = fc.array(
  fc.record({
    head: fc.oneof(
      { weight: 6, arbitrary: fc.constant('HTTP/1.1 200 OK') },
      {
        weight: 4,
        arbitrary: fc.constantFrom(...oddHeads),
      },
    ),
    headers: fc.array(oddHeaders, { maxLength: 3 }),
    size: fc.constantFrom(0, 10, 10, 1_000, BYTES_MAX, BYTES_MAX + 1, 1_048_576),
    promised: fc.oneof(
      { weight: 3, arbitrary: fc.constant(-1) },
      { weight: 1, arbitrary: fc.constantFrom(null, 0, 5, 1_000_000) },
    ),
    behind: fc.constantFrom(
      '',
      '',
      '',
      'HTTP/1.1 200 OK\r\ncontent-length: 8\r\n\r\nsmuggled',
      '\r\n\r\n',
      'x',
    ),
    end: fc.constantFrom('keep', 'keep', 'keep', 'close', 'reset', 'silent'),
  }),
  { minLength: 1, maxLength: PLANS_MAX, size: 'max' },
)

export type Wire = AsyncDisposable & { readonly call: (each: readonly Plan[]) => Promise<string[]> }

/** A server that writes what the plans say, and the production client that calls it over real sockets. */
export async function openWire(): Promise<Wire> {
  const pending = new Map<string, Plan>()
  const asked: string[] = []
  let calls = 0
  const server = await listening((socket) => {
    socket.on('error', () => socket.destroy())
    socket.on('data', (bytes) => {
      const name = /^[A-Z]+ \/(\w+) /.exec(bytes.toString('latin1'))?.[1]
      if (name === undefined) return // the rest of a request that came in two pieces
      asked.push(name)
      write(socket, name, pending.get(name))
    })
  })
  const outward = openHttp()
  const address = server.address()
  const port = address !== null && typeof address === 'object' ? address.port : 0
  const call = async (each: readonly Plan[]): Promise<string[]> => {
    pending.clear()
    asked.splice(0)
    const ended = await Promise.all(
      each.map(async (plan) => {
        calls += 1
        pending.set(`n${calls}`, plan)
        return one(outward.http, `http://127.0.0.1:${port}`, `n${calls}`)
      }),
    )
    if (new Set(asked).size < asked.length) throw new Error(`sent twice, or followed: ${asked.join(' ')}`)
    return ended
  }
  const close = async (): Promise<void> => {
    await outward.close()
    await new Promise<void>((resolve) => void server.close(() => resolve()))
  }
  return { call, [Symbol.asyncDispose]: close }
}

async function one(http: ReturnType<typeof openHttp>['http'], origin: string, name: string): Promise<string> {
  const startedAt = performance.now()
  const answer = await http({
    method: 'POST',
    url: `${origin}/${name}`,
    headers: { 'content-type': 'application/json' },
    body: '{}',
    deadlineMs: DEADLINE_MS,
    answerBytesMax: BYTES_MAX,
  })
  if (performance.now() - startedAt > PATIENCE_MS) throw new Error('a deadline was not kept')
  if (!answer.ok) {
    if (!/^[\w.-]{1,60}$/.test(answer.problem.kind === 'unreachable' ? answer.problem.cause : 'large'))
      throw new Error(`a cause that quotes: ${JSON.stringify(answer.problem)}`)
    return answer.problem.kind
  }
  const { text } = answer.value
  if (Buffer.byteLength(text) > BYTES_MAX * 3) throw new Error('an answer above its bound')
  if (text === 'smuggled') throw new Error('one answer’s tail was taken for the next answer')
  const other = /^(n\d+) /.exec(text)?.[1]
  if (other !== undefined && other !== name) throw new Error(`${name} got the answer of ${other}`)
  return 'an answer'
}

function write(socket: Socket, name: string, plan: Plan | undefined): void {
  if (plan === undefined || plan.end === 'silent') return
  const body = `${name} `.padEnd(plan.size, 'z')
  const length = plan.promised === -1 ? body.length : plan.promised
  const lines = [plan.head, ...(length === null ? [] : [`content-length: ${length}`]), ...plan.headers]
  socket.write(`${lines.join('\r\n')}\r\n\r\n${body}${plan.behind}`)
  if (plan.end === 'close') socket.end()
  if (plan.end === 'reset') socket.resetAndDestroy()
}

function listening(serve: (socket: Socket) => void): Promise<Server> {
  return new Promise((resolve) => {
    const server = createServer(serve)
    server.listen(0, '127.0.0.1', () => resolve(server))
  })
}
