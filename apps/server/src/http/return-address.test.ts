import { describe, expect, test } from 'vitest'
import { readReturnAddress } from './return-route.ts'

const part = (length: number): string => 'Ab-_9'.repeat(100).slice(0, length)
const token = `eyJ${part(45)}.eyJ${part(60)}.${part(43)}`

describe('R-24: the token is found in', () => {
  test.each([
    `/complete/${token}`,
    `//complete/${token}`,
    `/complete//${token}/`,
    `///complete///${token}///`,
  ])('%s, with nothing after it', (path) => {
    expect(readReturnAddress(path)).toMatchObject({ token, rest: '', isAddress: true })
  })

  test.each([
    `&imp_uid=imp_1`,
    `&&imp_uid=imp_1`,
    `;imp_uid=imp_1`,
    `/&imp_uid=imp_1`,
    `/?imp_uid=imp_1`,
    `%3Fimp_uid=imp_1`,
    `%3fimp_uid%3Dimp_1`,
    `%26imp_uid=imp_1`,
    `%2F%3Fimp_uid=imp_1`,
    `%23!imp_uid=imp_1`,
    `%20imp_uid=imp_1`,
    `imp_uid=imp_1`,
  ])('/complete/<token>%s; the text after it is read as a query', (glued) => {
    expect(readReturnAddress(`/complete/${token}${glued}`)).toEqual({
      token,
      rest: 'imp_uid=imp_1',
      isAddress: !glued.startsWith('/'),
      odd: ['more than a token in the path'],
    })
  })

  test.each([
    `/complete/"${token}"`,
    `/complete/%22${token}%22`,
    `/complete/<${token}>`,
    `/complete/${token}.`,
    `/complete/complete/${token}`,
    `/complete/https:/pay.example/complete/${token}`,
    `/complete/https%3A%2F%2Fpay.example%2Fcomplete%2F${token}`,
    `/complete&token=${token}`,
    `/complete/${token}%`,
    `/complete/${token}%E0%A4`,
    `/complete/${token.replaceAll('.', '%2E')}%ZZ`,
  ])('%s', (path) => {
    expect(readReturnAddress(path)).toMatchObject({ token, odd: ['more than a token in the path'] })
  })
})

describe('without a token', () => {
  test('a single segment is taken for the token; more segments are no address', () => {
    expect(readReturnAddress('/complete')).toEqual({ token: null, rest: '', isAddress: true, odd: [] })
    expect(readReturnAddress('/complete/')).toMatchObject({ token: null, isAddress: true, odd: ['slashes'] })
    expect(readReturnAddress('/complete/x.y.z')).toMatchObject({ token: 'x.y.z', isAddress: true, odd: [] })
    expect(readReturnAddress('/complete/a%ZZ')).toMatchObject({ token: 'a%ZZ', rest: '', isAddress: true })
    expect(readReturnAddress('/Complete')).toEqual({ token: null, rest: '', isAddress: true, odd: [] })
    expect(readReturnAddress('/COMPLETE/x.y.z')).toMatchObject({ token: 'x.y.z', isAddress: true, odd: [] })
    for (const path of [
      '/complete/a/b',
      '/complete&imp_uid=imp_1',
      '/complete;x',
      '/complete%3Fimp_uid=imp_1',
    ])
      expect(readReturnAddress(path)).toMatchObject({ rest: '', isAddress: false })
  })

  test('R-17: a path of 16 kB is read without backtracking, also when it repeats a token’s beginning', () => {
    const startedAtMs = performance.now()
    for (const piece of ['eyJ', 'eyJabcdefghijkl.', `eyJ${part(20)}.eyJ`, '%2F', '/', 'a.'])
      readReturnAddress(`/complete/${piece.repeat(16_384 / piece.length)}`)
    expect(performance.now() - startedAtMs).toBeLessThan(500)
  })
})
