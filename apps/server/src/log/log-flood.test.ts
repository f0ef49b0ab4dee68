import { describe, expect, test } from 'vitest'
import { z } from 'zod'
import { testClock } from '../../testing/clock.ts'
import { KINDS_MAX, LINES_A_SECOND_MAX, limitFlood, openLog } from './log.ts'

const Told = z.looseObject({ msg: z.string(), level: z.number() })

function flooded() {
  const clock = testClock(Date.UTC(2026, 10, 2, 3, 0, 0))
  const lines: Array<z.infer<typeof Told>> = []
  const write = (line: string): void => void lines.push(Told.parse(JSON.parse(line)))
  return { clock, lines, log: limitFlood(openLog('debug', { write }), clock) }
}
const leftOut = 'lines of this kind were left out'

describe('D-05: a flood of lines', () => {
  test('so many of a kind in a second are written whole; the others are counted in one line when it is over', async () => {
    const { clock, lines, log } = flooded()
    for (let count = 0; count < 10_000; count += 1)
      log.info({ route: '/webhooks/portone', status: 200 + (count % 3), requestId: `r${count}` }, 'request')
    expect(lines).toHaveLength(LINES_A_SECOND_MAX)
    await clock.advance(1_000)
    expect(lines).toHaveLength(LINES_A_SECOND_MAX + 1)
    expect(lines.at(-1)).toMatchObject({
      msg: leftOut,
      of: 'request',
      route: '/webhooks/portone',
      status: 200,
      suppressed: 10_000 - LINES_A_SECOND_MAX,
    })
    log.info({ route: '/webhooks/portone', status: 200 }, 'request')
    expect(lines.at(-1)).toMatchObject({ msg: 'request' })
  })

  test('what was left out is told even when the timer rings a moment early and no other line comes', async () => {
    const clock = testClock(Date.UTC(2026, 10, 2, 3, 0, 0))
    const early = { ...clock, sleep: (ms: number) => clock.sleep(Math.max(1, ms - 1)) }
    const lines: string[] = []
    const log = limitFlood(openLog('debug', { write: (line: string) => void lines.push(line) }), early)
    for (let count = 0; count <= LINES_A_SECOND_MAX; count += 1) log.info({ status: 200 }, 'request')
    await clock.advance(1_000)
    expect(lines.at(-1)).toContain('"suppressed":1')
  })

  test('one kind hides no other: another answer, another problem, another error is written at once', () => {
    const { lines, log } = flooded()
    for (let count = 0; count < 1_000; count += 1) {
      log.info({ route: '/webhooks/portone', status: 400 }, 'request')
      log.warn({ problem: { kind: 'bad_input', where: 'imp_uid' } }, 'webhook refused')
      log.error({ err: new TypeError('x') }, 'our fault')
    }
    expect(lines).toHaveLength(3 * LINES_A_SECOND_MAX)
    log.info({ route: '/webhooks/portone', status: 503 }, 'request')
    log.warn({ problem: { kind: 'too_large', limitBytes: 1 } }, 'webhook refused')
    log.error({ err: new RangeError('x') }, 'our fault')
    log.error({ err: new TypeError('x') }, 'not ready')
    expect(lines).toHaveLength(3 * LINES_A_SECOND_MAX + 4)
  })

  test('kinds without end take no memory without end: they share what one may write', async () => {
    const { clock, lines, log } = flooded()
    for (let count = 0; count < 10 * KINDS_MAX; count += 1)
      log.info({ route: `/made-up/${count}` }, 'request')
    expect(lines).toHaveLength(KINDS_MAX + LINES_A_SECOND_MAX)
    await clock.advance(1_000)
    expect(lines.at(-1)).toMatchObject({
      of: 'lines of many kinds',
      suppressed: 10 * KINDS_MAX - KINDS_MAX - LINES_A_SECOND_MAX,
    })
  })

  test('a clock that jumps back leaves no kind silent, and what was counted is told before the end', () => {
    const { clock, lines, log } = flooded()
    for (let count = 0; count < LINES_A_SECOND_MAX + 5; count += 1) log.warn({}, 'not ready')
    log.reportLeftOut()
    expect(lines.at(-1)).toMatchObject({ msg: leftOut, suppressed: 5 })
    log.reportLeftOut()
    expect(lines).toHaveLength(LINES_A_SECOND_MAX + 1)
    clock.leap(-3_600_000)
    log.warn({}, 'not ready')
    expect(lines.at(-1)).toMatchObject({ msg: 'not ready' })
  })
})
