import { fail, ok, type Problem, type Result } from '@landfall/payment-core'
import type { Context } from 'hono'
import { limits } from '../config/limits.ts'
import type { Clock } from '../deps.ts'
import type { Env } from './answer.ts'
import { tooLarge } from './requests.ts'

type Body = Result<Uint8Array, Problem>

/** Whose body it is: the kind of route, and the address that the request counts for. */
export type Sender = { readonly kind: string; readonly address: () => string }

/** A body whose end has not come yet. */
type Arriving = {
  readonly sender: Sender
  readonly beganAtMs: number
  bytes: number
  readonly cut: () => void
}

/** How often slow bodies are looked for, while any body is arriving. */
const CHECK_EVERY_MS = 250

/**
 * Reads the bodies of requests. One that is slow has a deadline, and counts against limits for its sender and its kind of route; the bytes of all
 * are limited too. Beyond a limit the oldest are cut off, so slow senders displace each other (D-06). A body that arrives at once costs no timer.
 */
export class Bodies {
  readonly #clock: Clock
  /** In the order in which they began. */
  readonly #arriving = new Set<Arriving>()
  #bytes = 0
  #isChecking = false

  constructor(clock: Clock) {
    this.#clock = clock
  }

  /** Fails with `too_large` or `slow_body`. Rejects when the client disconnects in the middle. */
  read(c: Context<Env>, sender: Sender): Promise<Body> {
    if (Number(c.req.header('content-length') ?? 0) > limits.bodyBytesMax)
      return Promise.resolve(fail(tooLarge))
    const incoming = c.env?.incoming
    return incoming !== undefined && 'on' in incoming
      ? this.#readSocket(incoming, sender)
      : readStream(c.req.raw.body)
  }

  /** Takes the bytes straight from the socket: a web stream around them would cost a third of a webhook's CPU time. */
  #readSocket(incoming: NodeJS.ReadableStream, sender: Sender): Promise<Body> {
    const { promise, resolve, reject } = Promise.withResolvers<Body>()
    const chunks: Buffer[] = []
    const end = (body: Body): void => {
      this.#remove(arriving)
      if (!body.ok) incoming.off('data', take)
      resolve(body)
    }
    const arriving: Arriving = {
      sender,
      beganAtMs: this.#clock.monotonicMs(),
      bytes: 0,
      cut: () => end(fail({ kind: 'slow_body' })),
    }
    const take = (chunk: Buffer): void => {
      chunks.push(chunk)
      arriving.bytes += chunk.length
      this.#bytes += chunk.length
      if (arriving.bytes > limits.bodyBytesMax) end(fail(tooLarge))
      else if (this.#bytes > limits.bodiesBytesMax) this.#cutOne()
    }
    incoming.on('data', take)
    incoming.on('end', () => end(ok(Buffer.concat(chunks))))
    incoming.on('error', (error) => {
      this.#remove(arriving)
      reject(error)
    })
    this.#arriving.add(arriving)
    if (!this.#isChecking) this.#checkLater()
    return promise
  }

  #remove(arriving: Arriving): void {
    if (this.#arriving.delete(arriving)) this.#bytes -= arriving.bytes
  }

  #cutOne(): void {
    const [oldest] = this.#arriving
    oldest?.cut()
  }

  /** Looks for slow bodies until no body is arriving. */
  #checkLater(): void {
    this.#isChecking = true
    const check = (): void => {
      this.#cutSlow(this.#clock.monotonicMs())
      if (this.#arriving.size > 0) this.#checkLater()
      else this.#isChecking = false
    }
    this.#clock.sleep(CHECK_EVERY_MS).then(check, check)
  }

  #cutSlow(nowMs: number): void {
    const slow = [...this.#arriving].filter(({ beganAtMs }) => nowMs - beganAtMs >= limits.bodySlowAfterMs)
    const late = slow.filter(({ beganAtMs }) => nowMs - beganAtMs >= limits.bodyTimeoutMs)
    for (const arriving of late) arriving.cut()
    const left = slow.slice(late.length)
    for (const ofKind of Map.groupBy(left, ({ sender }) => sender.kind).values()) {
      for (const ofSender of Map.groupBy(ofKind, ({ sender }) => sender.address()).values())
        cutOldest(ofSender, limits.bodiesPerAddressMax)
      cutOldest(ofKind, limits.bodiesOfKindMax)
    }
  }
}

/** Cuts off the oldest beyond `max`. A body that has ended since is not touched. */
function cutOldest(oldestFirst: readonly Arriving[], max: number): void {
  for (const arriving of oldestFirst.slice(0, Math.max(0, oldestFirst.length - max))) arriving.cut()
}

async function readStream(stream: AsyncIterable<Uint8Array> | null): Promise<Body> {
  const chunks: Uint8Array[] = []
  let size = 0
  for await (const chunk of stream ?? []) {
    size += chunk.length
    if (size > limits.bodyBytesMax) return fail(tooLarge)
    chunks.push(chunk)
  }
  return ok(Buffer.concat(chunks))
}
