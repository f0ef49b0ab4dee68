import { InvariantBroken, type Payment, type RefundAccount } from '@landfall/payment-core'
import { describe, expect, test } from 'vitest'
import { z } from 'zod'
import { openLog, type Log } from './log.ts'
import { StorageUnavailable } from '../store/engines/open.ts'

/** A log, and what was written to it, line by line. */
function written(): { readonly log: Log; readonly lines: string[]; readonly last: () => unknown } {
  const lines: string[] = []
  const log = openLog('debug', { write: (line) => void lines.push(line) })
  return { log, lines, last: () => JSON.parse(lines.at(-1) ?? 'null') }
}

const thrownBy = (run: () => unknown): unknown => {
  try {
    return run()
  } catch (error) {
    return error
  }
}

describe('what does not compile', () => {
  /** Never run: the compiler is the one who is asked. */
  const refused = (log: Log, payment: Payment, account: RefundAccount, heard: string): void => {
    const { details, ...rest } = payment
    // @ts-expect-error a payment is no line: it carries what its buyer is called
    log.info(payment, 'recorded')
    // @ts-expect-error its details are none either
    log.info({ details }, 'recorded')
    // @ts-expect-error nor by the way of a spread
    log.info({ ...rest, by: 'order' }, 'recorded')
    // @ts-expect-error a holder's name is personal, whatever field it is put into
    log.info({ orderId: account.holder }, 'recorded')
    // @ts-expect-error the number of an account too
    log.info({ reason: account.account }, 'recorded')
    // @ts-expect-error and what the PG wrote about a failure
    log.info({ lastProblem: details.failReason }, 'recorded')
    // @ts-expect-error there is no field for a name
    log.info({ buyerName: heard }, 'recorded')
    // @ts-expect-error a sentence stands in the source: nothing heard is put into it
    log.info({}, `heard of ${heard}`)
    // @ts-expect-error an event is one of a list
    log.info({ event: heard }, 'recorded')
    log.info({ orderId: payment.orderId, paymentId: payment.paymentId, amount: 1 }, 'recorded')
  }

  test('P-04: buyer data, a record, or a sentence with a value in it, given to the log', () => {
    expect(refused.length).toBe(4)
  })
})

describe('what is not written even so', () => {
  test('P-04: a field nobody has listed', () => {
    const { log, lines, last } = written()
    const heard: { orderId: string } = JSON.parse('{"orderId":"ord-1","buyer_name":"홍길동","card":"4242"}')
    log.info({ ...heard }, 'recorded')
    expect(last()).toMatchObject({ orderId: 'ord-1', msg: 'recorded' })
    expect(lines.join('')).not.toMatch(/buyer|홍길동|4242/)
  })

  test.for([
    ['a name', '홍길동'],
    ['an address', 'hong@example.com'],
    ['a sentence', 'not an id'],
    ['a line of its own', 'x\n{"level":50}'],
    ['a view token', `eyJhbGciOiJIUzI1NiIsImtpZCI6.${'a'.repeat(60)}.b`],
    ['a long id', 'a'.repeat(65)],
  ])('P-03, P-04: %s in the place of an id: only its length is told', ([, given = '']) => {
    const { log, lines, last } = written()
    log.warn({ orderId: given, problem: { kind: 'unknown_payment', asked: given } }, 'refused')
    const told = `(not told: ${given.length} characters)`
    expect(last()).toMatchObject({ orderId: told, problem: { kind: 'unknown_payment', asked: told } })
    expect(lines.join('')).not.toContain(given)
  })

  test('P-03, P-04: the texts a gateway, a driver or a stranger’s header has put into a problem', () => {
    const { log, lines, last } = written()
    const message = 'CANARY'
    log.warn({ problem: { kind: 'gateway_refused', status: 400, code: -1, message } }, 'refused')
    expect(last()).toMatchObject({ problem: { kind: 'gateway_refused', status: 400, code: -1 } })
    log.warn({ problem: { kind: 'storage_unavailable', cause: message } }, 'refused')
    log.warn({ problem: { kind: 'unsupported_content', contentType: message } }, 'refused')
    expect(last()).toMatchObject({ problem: { kind: 'unsupported_content' } })
    expect(lines.join('')).not.toContain('CANARY')
  })
})

describe('errors', () => {
  test('P-03: a stranger’s error tells its name, its code and where, never its message', () => {
    const { log, lines, last } = written()
    const cause = Object.assign(new Error('duplicate key (email)=(CANARY)'), {
      code: '23505',
      detail: 'Key (email)=(CANARY) already exists.',
      parameters: ['CANARY'],
    })
    log.error({ err: new Error('Failed query: insert CANARY', { cause }) }, 'our fault')
    expect(last()).toMatchObject({
      err: { type: 'Error', stack: expect.any(Array), cause: { type: 'Error', code: '23505' } },
    })
    expect(lines.join('')).toMatch(/"stack":\["[^"]*apps\/server\/src\/log\/log\.test\.ts:\d+:\d+/)
    log.error({ err: thrownBy(() => JSON.parse('CANARY')) }, 'our fault')
    log.error({ err: 'CANARY' }, 'our fault')
    log.error({ err: Object.assign(new TypeError('a\n    at CANARY (file:///a.ts:1:1)')) }, 'our fault')
    const named = Object.assign(new Error('x'), { name: 'CANARY of many words', code: 'a CANARY' })
    log.error({ err: named }, 'our fault')
    expect(lines).toHaveLength(5)
    expect(lines.join('')).not.toContain('CANARY')
  })

  test('one of our own tells its sentence too; a parser’s tells which field and what is wrong with it', () => {
    const { log, lines, last } = written()
    log.error({ err: new InvariantBroken('invariant: this cannot be') }, 'our fault')
    expect(last()).toMatchObject({ err: { type: 'InvariantBroken', message: 'invariant: this cannot be' } })
    log.error({ err: new StorageUnavailable('the database is locked by another process') }, 'our fault')
    expect(last()).toMatchObject({ err: { message: 'the database is locked by another process' } })
    const driver = new Error('CANARY')
    log.error({ err: new StorageUnavailable(driver.message, { cause: driver }) }, 'our fault')
    const row = z.object({ status: z.enum(['open']) })
    log.error({ err: thrownBy(() => row.parse({ status: 'CANARY' })) }, 'our fault')
    expect(last()).toMatchObject({ err: { type: 'ZodError', issues: ['status: invalid_value'] } })
    expect(lines.join('')).not.toContain('CANARY')
  })

  test('a chain of causes that bites its own tail has an end', () => {
    const { log, lines } = written()
    const [first, second] = [new Error('a'), new Error('b')]
    first.cause = second
    second.cause = first
    log.error({ err: first }, 'our fault')
    expect(lines.join('').length).toBeLessThan(20_000)
  })
})
