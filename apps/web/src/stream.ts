import { createParser } from 'eventsource-parser'
import type { ShownScreen } from '@landfall/payment-core'

export type StreamListener = { onOpen(): void; onScreen(shown: ShownScreen): void }

/** The server checks what it sends (`eachOf`), so it needs no validation. */
const readScreen: (text: string) => ShownScreen = JSON.parse

/**
 * Follows `payments.watch` until the server ends the stream. Rejects when the stream cannot be opened or breaks. `fetch` and not EventSource,
 * which sends no headers: a token in an address is kept in logs and histories (P-09).
 */
export async function followScreen(
  url: string,
  token: string,
  listener: StreamListener,
  signal: AbortSignal,
): Promise<void> {
  const headers = { accept: 'text/event-stream', authorization: `Bearer ${token}` }
  const { ok, body } = await fetch(`${url}/payments.watch`, { headers, cache: 'no-store', signal })
  if (!ok || body === null) return
  let isOver = false
  const parser = createParser({
    onEvent: ({ event, data }) => {
      if (event === 'connected') listener.onOpen()
      else if (event === undefined) listener.onScreen(readScreen(data))
      else if (event !== 'ping') isOver = true
    },
  })
  const reader = body.pipeThrough(new TextDecoderStream()).getReader()
  while (!isOver) {
    const { done, value } = await reader.read()
    if (done) return
    parser.feed(value)
  }
  await reader.cancel()
}
