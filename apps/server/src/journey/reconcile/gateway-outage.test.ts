import { fail, ok } from '@landfall/payment-core'
import { expect, test } from 'vitest'
import { GatewayOutage } from './gateway-outage.ts'

const silence = fail({ kind: 'gateway_unreachable', cause: 'no route' } as const)

test('an outage begins with the tenth call in a row that is not answered, ends with the next answer, and each is told once', () => {
  const told: boolean[] = []
  const outage = new GatewayOutage((isActive) => told.push(isActive))
  for (let call = 0; call < 9; call += 1) outage.record(silence)
  outage.record(ok(1))
  for (let call = 0; call < 9; call += 1) outage.record(silence)
  expect([outage.isActive(), told]).toEqual([false, []])
  outage.record(fail({ kind: 'gateway_refused', status: 503, code: null, message: '' }))
  outage.record(silence)
  expect([outage.isActive(), told]).toEqual([true, [true]])
  // A refusal is an answer.
  outage.record(fail({ kind: 'gateway_refused', status: 401, code: null, message: '' }))
  expect([outage.isActive(), told]).toEqual([false, [true, false]])
})
