import { expect, test } from 'vitest'
import { withSection } from './record.ts'

const text = '# Proofs\n\n## Kills\n\nold\n\n## Kills, all\n\nkept\n'

test('a section is replaced, and the others stay', () => {
  expect(withSection(text, 'Kills', ['new', ''])).toBe(text.replace('old', 'new'))
  expect(withSection(text, 'Kills, all', ['new'])).toBe(text.replace('kept', 'new'))
})

test('a new section comes last', () => {
  expect(withSection(text, 'Power', ['cut'])).toBe(`${text}\n## Power\n\ncut\n`)
})
