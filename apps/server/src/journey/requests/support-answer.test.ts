import { describe, expect, test } from 'vitest'
import { readdirSync, readFileSync } from 'node:fs'
import { name, orderId, price, register } from '../../../testing/shopper.ts'
import { startWorld } from '../../../testing/world.ts'
import { columnsOf, wrapped } from './story/wrapped.ts'
import { supportAnswer } from './support-answer.ts'

const folder = new URL('../../../testing/stories/', import.meta.url)

describe('the answer to support', () => {
  test('fits a terminal of 100 columns', () => {
    expect(columnsOf('가a')).toBe(3)
    const files = readdirSync(folder)
    expect(files).toHaveLength(24)
    for (const file of files)
      for (const line of readFileSync(new URL(file, folder), 'utf8').split('\n'))
        expect(columnsOf(line), `${file}: ${line}`).toBeLessThanOrEqual(100)
    expect(
      wrapped(`  ${'가나다라 '.repeat(30)}`, 4)
        .split('\n')
        .every((line) => columnsOf(line) <= 100),
    ).toBe(true)
  })

  test('the example in the operator’s guide is what is printed', () => {
    const example = readFileSync(new URL('double-payment.en.story.txt', folder), 'utf8')
    const guide = readFileSync(new URL('../../../../../docs/operations.md', import.meta.url), 'utf8')
    const indented = example.replaceAll('ord-1001', '1234').replaceAll(/^(?=.)/gm, '    ')
    expect(guide).toContain(indented)
  })

  test('an unknown number is not found, and the answer says how to ask', async () => {
    await using world = await startWorld()
    const { store } = world.deps()
    for (const [language, word] of [
      ['en', 'Nothing is known here of 1234'],
      ['ko', '1234: 여기에 없습니다'],
    ] as const) {
      const told = await supportAnswer(store, '1234', language)
      expect(told.isFound).toBe(false)
      expect(told.text).toContain(word)
    }
  })

  test('a reference of several orders lists them', async () => {
    await using world = await startWorld()
    for (const id of ['ord-1', 'ord-2'])
      await world.merchant.orders.register.mutate({ orderId: id, name, amount: price, reference: ['A-7'] })
    const { text, isFound } = await supportAnswer(world.deps().store, 'A-7', 'en')
    expect(isFound).toBe(false)
    expect(text).toBe('2 orders bear this in their reference. Ask for one of them:\n  ord-1\n  ord-2\n')
  })

  test('control characters in a name do not reach the terminal', async () => {
    await using world = await startWorld()
    await register(world, { name: 'Tea\u001b[2J\u202eforged' })
    const { text } = await supportAnswer(world.deps().store, orderId, 'en')
    expect(text).toContain('Tea [2J forged')
    for (const sign of ['\u001b', '\u202e']) expect(text).not.toContain(sign)
  })
})
