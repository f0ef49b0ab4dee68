import { createServer, type Server } from 'node:tls'
import { describe, expect, test } from 'vitest'
import { certificateFor } from '../../../testing/certificate.ts'
import { emptyDatabase, freshDatabase } from '../../../testing/fresh-database.ts'
import { checkCertificate } from './check-certificate.ts'
import { checkDatabase } from './check-database.ts'
import { checkDisk, diskFinding, measureDisk } from './check-disk.ts'
import { checkNotices } from './check-notices.ts'
import { durationText } from './finding.ts'
import { whyUnreachable } from './unreachable.ts'

const DAY_MS = 86_400_000

async function serving(cert: { readonly key: string; readonly cert: string }) {
  const server: Server = createServer({ ...cert })
  server.on('tlsClientError', () => undefined)
  await new Promise<void>((resolve) => void server.listen(0, '127.0.0.1', resolve))
  const address = server.address()
  const port = typeof address === 'object' ? address?.port : 0
  return { url: `https://127.0.0.1:${port}`, [Symbol.dispose]: () => void server.close() }
}

describe('the certificate', () => {
  const now = Date.now()
  test.each([
    ['for sixty days', '127.0.0.1', -1, 60.5, 'right', /is trusted for 60 days more$/],
    ['for a week', '127.0.0.1', -80, 7.5, 'wrong', /’s certificate ends in 7 days$/],
    ['until yesterday', '127.0.0.1', -90, -1, 'wrong', /has an expired certificate$/],
    ['of another name', 'pay.example', -1, 60, 'wrong', /has a certificate of another name$/],
  ])('one %s', async (_, host, fromDays, toDays, verdict, sentence) => {
    const cert = certificateFor(host, now + fromDays * DAY_MS, now + toDays * DAY_MS)
    using server = await serving(cert)
    const finding = await checkCertificate(server.url, now, cert.cert)
    expect([finding.verdict, finding.found]).toEqual([verdict, expect.stringMatching(sentence)])
  })

  test('one that nobody trusts, a port without TLS, and a closed one', async () => {
    const cert = certificateFor('127.0.0.1', now - DAY_MS, now + 60 * DAY_MS)
    const server = await serving(cert)
    expect((await checkCertificate(server.url, now)).found).toMatch(/this machine does not trust$/)
    server[Symbol.dispose]()
    const closed = await checkCertificate(server.url, now)
    expect([closed.verdict, closed.found]).toEqual(['wrong', expect.stringMatching(/is closed/)])
    expect((await checkCertificate('http://localhost:4000', now)).verdict).toBe('not tried')
  })
})

describe('the disk', () => {
  test('C-05: a sync that takes no time is no sync, and network disks hold no log', () => {
    expect(diskFinding('/data', { fileSystem: 0xef53, syncMs: 0.4 }).verdict).toBe('right')
    expect(diskFinding('/data', { fileSystem: 0xef53, syncMs: 0.001 }).found).toMatch(/no disk is that fast$/)
    expect(diskFinding('/data', { fileSystem: 0x6969, syncMs: 2 }).found).toMatch(/on a network file system/)
    expect(measureDisk(import.meta.dirname).syncMs).toBeGreaterThan(0)
  })

  test('a folder that does not exist yet is measured where it will be made; an error of the disk is told', () => {
    const seen: string[] = []
    const measure = (folder: string) => {
      seen.push(folder)
      throw Object.assign(new Error('full'), { code: 'ENOSPC' })
    }
    const { verdict, found } = checkDisk(`file:${import.meta.dirname}/none/landfall.db`, null, measure)
    expect([seen, verdict, found]).toEqual([
      [import.meta.dirname],
      'wrong',
      expect.stringMatching(/\(ENOSPC\)$/),
    ])
  })
})

describe('the database', () => {
  test('Postgres tells its own settings, and whether it was migrated', async () => {
    await using fresh = await freshDatabase('postgres')
    await using empty = await emptyDatabase('postgres')
    const [used, unused] = [await checkDatabase(fresh.url), await checkDatabase(empty.url)]
    expect(used.finding.found).toMatch(/: has the tables of this version$/)
    expect(unused.finding.found).toMatch(/: the next start applies \d+ migrations to it$/)
    expect(checkDisk(fresh.url, used.inspection, measureDisk).found).toMatch(/^Postgres: fsync (on|off)/)
  })

  test('one that does not answer, and a file that is no database, are told without a password', async () => {
    const away = await checkDatabase('postgres://user:pass-word@127.0.0.1:9/x')
    expect(away.finding).toMatchObject({ verdict: 'wrong', advice: expect.stringContaining('ECONNREFUSED') })
    expect(JSON.stringify(away)).not.toContain('pass-word')
    const other = await checkDatabase(`file:${import.meta.filename}`)
    expect(other.finding.advice).toMatch(/is damaged or not a Landfall database/)
  })
})

test('every answer of a shop to the test notice is explained', () => {
  const notify = { url: 'https://shop.example/notices?token=hidden', allowPrivate: false }
  const of = (status: number) =>
    checkNotices(notify, { status, text: String(status), waitMs: 0, isCut: false, isPrivate: false }, false)
  for (const status of [301, 400, 401, 403, 404, 410, 429, 500]) {
    const { verdict, found, advice } = of(status)
    expect([verdict, advice]).toEqual(['wrong', expect.stringMatching(/\w{3}/)])
    expect(found).toBe(`https://shop.example/notices answers a signed test notice with ${status}`)
  }
  expect(of(204).verdict).toBe('right')
  expect(checkNotices(null, null, false).verdict).toBe('not tried')
})

test('an unknown cause is told by its code', () => {
  expect(whyUnreachable('EWHATEVER').found).toBe('cannot be reached (EWHATEVER)')
})

test('durations are told in the largest unit that says enough', () => {
  const told = [5_000, 90_000, 3_900_000, 200_000_000].map(durationText)
  expect(told).toEqual(['5 s', '1 min', '1 h 5 min', '2 days'])
})
