import pg from 'pg'
import { afterEach, beforeEach, describe, expect, test, vi } from 'vitest'
import { openChangeChannel } from './postgres-changes.ts'

beforeEach(() => void vi.useFakeTimers())
afterEach(() => void vi.useRealTimers())

/** A server that hears what it is asked, and whose connections are lost when the test says so. */
function aServer() {
  const clients: pg.Client[] = []
  const ended = new Set<pg.Client>()
  const asked: string[] = []
  const rung: unknown[] = []
  const state = { isAway: false, isDeaf: false, isMute: false, letGo: (): void => undefined }
  const connection = (): pg.Client => {
    const client = Object.assign(new pg.Client(), {
      connect: async (): Promise<void> => {
        // As the driver does: the connection tells that it has ended, and who asked is told why.
        if (!state.isAway) return
        client.emit('error', new Error('away'))
        client.emit('end')
        throw new Error('away')
      },
      query: async (text: string): Promise<void> => {
        asked.push(text)
        if (state.isDeaf) throw new Error('cannot listen now')
      },
      // One that has ended tells so no second time.
      end: async (): Promise<void> => {
        if (ended.has(client)) return
        asked.push('end')
        client.emit('end')
      },
    })
    client.once('end', () => ended.add(client))
    clients.push(client)
    return client
  }
  const pool = Object.assign(new pg.Pool(), {
    query: async (text: string, [channel, ids]: [string, string]): Promise<void> => {
      rung.push([text, channel, JSON.parse(ids)])
      await new Promise<void>((resolve) => (state.letGo = resolve))
      if (state.isMute) throw new Error('away')
    },
  })
  const line = openChangeChannel(connection, pool)
  /** Lets the call under way come to its end; what was rung since the line was opened, without the words. */
  const letGo = async (): Promise<unknown[]> => {
    state.letGo()
    await vi.advanceTimersByTimeAsync(0)
    return idsRung()
  }
  const idsRung = () => rung.map((call) => (Array.isArray(call) ? call[2] : call))
  return { ...line, clients, asked, rung, state, letGo, idsRung }
}

const lose = (client: pg.Client | undefined): void => {
  client?.emit('error', new Error('lost'))
  client?.emit('end')
}

describe('the channel that delivers changes', () => {
  test('every listener hears every order that is named, each on one connection', async () => {
    const server = aServer()
    const heard: string[] = []
    server.changes.subscribe((orderId) => heard.push(`first ${orderId}`))
    server.changes.subscribe((orderId) => heard.push(`second ${orderId}`))
    await server.start()
    expect([server.asked, server.clients.length]).toEqual([['listen landfall_changes'], 1])
    server.clients[0]?.emit('notification', { payload: 'ord-1' })
    server.clients[0]?.emit('notification', {})
    expect(heard).toEqual(['first ord-1', 'second ord-1', 'first ', 'second '])
  })

  test('a lost connection is reopened a quarter of a second later, once, and delivers as before', async () => {
    const server = aServer()
    const heard: string[] = []
    server.changes.subscribe((orderId) => heard.push(orderId))
    await server.start()
    lose(server.clients[0])
    await vi.advanceTimersByTimeAsync(249)
    expect(server.clients).toHaveLength(1)
    await vi.advanceTimersByTimeAsync(1)
    expect(server.clients).toHaveLength(2)
    expect(server.asked).toEqual(['listen landfall_changes', 'listen landfall_changes'])
    server.clients[1]?.emit('notification', { payload: 'ord-1' })
    expect(heard).toEqual(['ord-1'])
    // An old connection that ends a second time is no news.
    lose(server.clients[0])
    await vi.advanceTimersByTimeAsync(10_000)
    expect(server.clients).toHaveLength(2)
  })

  test('while the server is unreachable the channel retries four times a second, and connects once it is back', async () => {
    const server = aServer()
    await server.start()
    server.state.isAway = true
    lose(server.clients[0])
    await vi.advanceTimersByTimeAsync(1_000)
    expect(server.clients).toHaveLength(5)
    server.state.isAway = false
    await vi.advanceTimersByTimeAsync(250)
    expect(server.clients).toHaveLength(6)
    await vi.advanceTimersByTimeAsync(10_000)
    expect(server.clients).toHaveLength(6)
  })

  test('a server on which nobody can listen is asked again, and not left with connections that hear nothing', async () => {
    const server = aServer()
    await server.start()
    server.state.isDeaf = true
    lose(server.clients[0])
    await vi.advanceTimersByTimeAsync(500)
    expect(server.clients).toHaveLength(3)
    expect(server.asked.filter((text) => text === 'end')).toHaveLength(2)
    server.state.isDeaf = false
    await vi.advanceTimersByTimeAsync(10_000)
    expect(server.clients).toHaveLength(4)
    expect(server.asked.filter((text) => text === 'end')).toHaveLength(2)
  })

  test('a start without a server fails', async () => {
    const server = aServer()
    server.state.isAway = true
    await expect(server.start()).rejects.toThrow('away')
    await server.close()
  })

  test('once it is closed it is not made again, whether it held, was lost, or was being made', async () => {
    const held = aServer()
    await held.start()
    await held.close()
    const lost = aServer()
    await lost.start()
    lose(lost.clients[0])
    await lost.close()
    expect(vi.getTimerCount()).toBe(0) // nothing keeps the process
    const away = aServer()
    await away.start()
    away.state.isAway = true
    lose(away.clients[0])
    vi.advanceTimersByTime(250)
    await away.close()
    await vi.advanceTimersByTimeAsync(10_000)
    expect([held, lost, away].map(({ clients }) => clients.length)).toEqual([1, 1, 2])
    expect(held.asked).toEqual(['listen landfall_changes', 'end'])
    expect(vi.getTimerCount()).toBe(0)
  })

  test('one that was never opened can be closed', async () => {
    const server = aServer()
    await server.close()
    expect(server.clients).toEqual([])
  })
})

describe('the publisher of changes', () => {
  test('ids published during a call go together in the next one, each order once', async () => {
    const server = aServer()
    for (const orderId of ['a', 'b', 'c', 'b', 'a']) server.changes.publish(orderId)
    expect(server.rung).toEqual([
      ['select pg_notify($1, id) from json_array_elements_text($2::json) as id', 'landfall_changes', ['a']],
    ])
    expect(await server.letGo()).toEqual([['a'], ['b', 'c', 'a']])
    expect(await server.letGo()).toHaveLength(2)
    server.changes.publish('d')
    expect(server.idsRung()).toEqual([['a'], ['b', 'c', 'a'], ['d']])
    await server.letGo()
  })

  test('five hundred go in one call, and the rest in the next', async () => {
    const server = aServer()
    const ids = Array.from({ length: 1_002 }, (_, index) => `ord-${index}`)
    for (const orderId of ids) server.changes.publish(orderId)
    for (let call = 0; call < 4; call += 1) await server.letGo()
    expect(server.idsRung()).toEqual([
      ids.slice(0, 1),
      ids.slice(1, 501),
      ids.slice(501, 1_001),
      ids.slice(1_001),
    ])
  })

  test('a failed call drops the waiting ids, and the next published id is sent', async () => {
    const server = aServer()
    server.state.isMute = true
    for (const orderId of ['a', 'b']) server.changes.publish(orderId)
    expect(await server.letGo()).toEqual([['a']])
    server.state.isMute = false
    server.changes.publish('c')
    expect(await server.letGo()).toEqual([['a'], ['c']])
  })
})
