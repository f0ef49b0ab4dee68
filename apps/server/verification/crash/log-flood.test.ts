import { mkdtempSync, rmSync } from 'node:fs'
import { connect } from 'node:net'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { expect, test } from 'vitest'
import { z } from 'zod'
import { LINES_A_SECOND_MAX } from '../../src/log/log.ts'
import { startServer, until } from './server-process.ts'
import { freePort } from '../../testing/free-port.ts'

const Line = z.looseObject({
  time: z.string(),
  msg: z.string(),
  of: z.string().optional(),
  suppressed: z.number().optional(),
})
/** Every answer begins with it, whatever is said. */
const ANSWER = 'HTTP/1.1 '
const SOCKETS = 4
const REQUESTS_A_SOCKET = 2_000

/** So many requests down one socket without waiting for an answer in between; resolves when each has one. */
const pour = (port: number): Promise<number> =>
  new Promise((resolve, reject) => {
    let [answers, rest] = [0, '']
    const socket = connect(port, '127.0.0.1')
    socket.on('error', reject)
    socket.on('close', () => reject(new Error(`closed after ${answers} answers`)))
    socket.on('data', (chunk) => {
      const parts = `${rest}${chunk.toString('latin1')}`.split(ANSWER)
      answers += parts.length - 1
      rest = (parts.at(-1) ?? '').slice(1 - ANSWER.length)
      if (answers === REQUESTS_A_SOCKET) socket.end(() => resolve(answers))
    })
    socket.write('GET /nowhere HTTP/1.1\r\nhost: 127.0.0.1\r\n\r\n'.repeat(REQUESTS_A_SOCKET))
  })

test('D-05: a process under a flood writes a bounded log, and what it leaves out is counted to the last line', async () => {
  const folder = mkdtempSync(join(tmpdir(), 'landfall-log-flood-'))
  try {
    const databaseUrl = `file:${join(folder, 'landfall.db')}`
    const world = { folder, databaseUrl, gatewayUrl: 'http://127.0.0.1:9', noticeUrl: null }
    const port = await freePort()
    await using server = startServer(world, port)
    expect(await server.ready(), server.complaint()).toBe(true)
    await Promise.all(Array.from({ length: SOCKETS }, () => pour(port)))
    const lines = () => {
      const whole = server.log().split('\n').slice(0, -1)
      return whole.map((line) => Line.parse(JSON.parse(line)))
    }
    const written = () => lines().filter(({ msg }) => msg === 'request')
    const leftOut = () =>
      lines().reduce((sum, { of, suppressed = 0 }) => sum + (of === 'request' ? suppressed : 0), 0)
    const sent = SOCKETS * REQUESTS_A_SOCKET
    await until('every request is told of or counted', () => written().length + leftOut() === sent)
    expect(leftOut()).toBeGreaterThan(0)
    // Twice as many: a line is let through in one second and may bear the time of the next.
    for (const [second, { length }] of Map.groupBy(written(), ({ time }) => time.slice(0, 19)))
      expect([second, length <= 2 * LINES_A_SECOND_MAX]).toEqual([second, true])
  } finally {
    rmSync(folder, { recursive: true, force: true })
  }
})
