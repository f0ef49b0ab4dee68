import { createServer } from 'node:http'
import { once } from 'node:events'
import { expect, test } from 'vitest'
import { openHttp } from '../../gateway/http.ts'
import { noticeReply } from './notice-answer.ts'
import { noticeRequest } from './notice-request.ts'

/** Sends one notice to a shop that answers with this status and a page of this many bytes. */
async function replyOf(status: number, bytes: number) {
  const shop = createServer((_, response) => response.writeHead(status).end(' '.repeat(bytes))).listen(0)
  await once(shop, 'listening')
  const address = shop.address()
  const { http, close } = openHttp()
  try {
    const url = `http://127.0.0.1:${typeof address === 'object' ? address?.port : ''}`
    const notice = { id: 'n', body: '{}', at: new Date(0) }
    return noticeReply(await http(noticeRequest(notice, { url, secrets: [], deadlineMs: 5_000 })))
  } finally {
    await close()
    shop.closeAllConnections()
    shop.close()
  }
}

test('N-02, N-05: the shop’s status counts, however long the page behind it is', async () => {
  for (const bytes of [0, 1_000, 1_000_000])
    for (const status of [200, 410, 500])
      expect(await replyOf(status, bytes)).toEqual({
        status,
        text: String(status),
        waitMs: 0,
        isCut: false,
        isPrivate: false,
      })
})
