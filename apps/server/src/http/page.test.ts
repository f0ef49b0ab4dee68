import type { BuiltPage, PageAsked } from '@landfall/payment-core'
import { createHash } from 'node:crypto'
import { mkdtemp, mkdir, rm, writeFile } from 'node:fs/promises'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { brotliCompressSync, gunzipSync, gzipSync } from 'node:zlib'
import { describe, expect, test } from 'vitest'
import { buy, comeBack, go, isPaid, looks, orderId, register, tokenIn } from '../../testing/shopper.ts'
import { builtFiles, builtWeb, inventoryOf } from '../../testing/built-web.ts'
import { startWorld, type World } from '../../testing/world.ts'
import { createApp } from './app.ts'
import { openPages, pagesOf, PageUnusable } from './page.ts'

const style = 'body { color: #14191f }'

/** Stands in for the built page and records its inputs. */
function fakePage() {
  const asked: PageAsked[] = []
  const built: BuiltPage = {
    style,
    document: (each) => {
      asked.push(each)
      return `<!doctype html><style>${style}</style><main data-kind="${each.shown?.kind ?? 'none'}">`
    },
    calendar: (shown) => (shown.kind === 'awaiting_deposit' ? 'BEGIN:VCALENDAR\r\n' : null),
  }
  return { built, asked }
}

/** A world whose server serves the stand-in page. */
async function startWithPages(env: Readonly<Record<string, string>> = {}) {
  const world = await startWorld({ env })
  const { built, asked } = fakePage()
  const app = createApp(world.journey(), pagesOf(import.meta.dirname, built))
  const kindAt = async (token: string): Promise<string> =>
    /data-kind="(\w+)"/.exec(await (await app.request(`/result/${token}`)).text())?.[1] ?? 'no page'
  return { world, app, asked, kindAt, [Symbol.asyncDispose]: () => world[Symbol.asyncDispose]() }
}

const outward = (world: World): number => world.gateway.calls().length

describe('the built page', () => {
  const inFolder = async (files: Readonly<Record<string, string | Buffer>>): Promise<unknown> => {
    const root = await mkdtemp(join(tmpdir(), 'landfall-page-'))
    for (const folder of ['render', 'assets']) await mkdir(join(root, folder))
    for (const [path, text] of Object.entries(files)) await writeFile(join(root, path), text)
    const opened = await openPages(root).catch((error: unknown) => error)
    await rm(root, { recursive: true })
    return opened
  }
  const page = `export const style = 'a{}'; export const document = () => 'whole'; export const calendar = () => null`
  const script = 'run()'
  const whole = { 'index.html': '<p>', 'render/page.js': page, 'assets/a.js': script }
  const packed = { 'assets/a.js.gz': gzipSync(script), 'assets/a.js.br': brotliCompressSync(script) }
  const listed = { 'inventory.json': inventoryOf(whole) }

  test('loads at startup', async () => {
    expect(await inFolder({ ...whole, ...packed, ...listed })).toMatchObject({ root: expect.any(String) })
  })

  test.each([
    ['one byte of the script changed', { 'assets/a.js': 'ruN()' }, 'assets/a.js is another file'],
    ['one byte of the page changed', { 'index.html': '<b>' }, 'index.html is another file'],
    ['what writes the page changed', { 'render/page.js': `${page};` }, 'render/page.js is another file'],
    [
      'a copy packed from another',
      { 'assets/a.js.br': brotliCompressSync('own()') },
      'assets/a.js.br is another',
    ],
    ['a copy that is not packed', { 'assets/a.js.gz': script }, 'assets/a.js.gz is another'],
    ['a script nobody built', { 'assets/evil.js': 'own()' }, 'assets/evil.js is not in inventory.json'],
    ['no inventory', { 'inventory.json': '{}' }, 'cannot be read as an inventory'],
    ['an inventory cut short', { 'inventory.json': '{"files":' }, 'cannot be read as an inventory'],
  ])('P-06: with %s the server does not start, and names the file', async (_what, changed, said) => {
    const problem = await inFolder({ ...whole, ...packed, ...listed, ...changed })
    expect(problem).toBeInstanceOf(PageUnusable)
    expect(String(problem)).toContain(said)
    expect(String(problem)).toMatch(/build the web again/i)
  })

  test('P-06: a missing file of the inventory is named', async () => {
    const problem = await inFolder({ 'index.html': '<p>', 'render/page.js': page, ...listed })
    expect(String(problem)).toContain('assets/a.js is missing')
  })

  test('stops the start with an instruction when it is missing or unusable', async () => {
    for (const files of [
      {},
      { 'index.html': '' },
      { 'index.html': '', 'render/page.js': 'export const style = 1' },
    ]) {
      const problem = await inFolder(files)
      expect(problem).toBeInstanceOf(PageUnusable)
      expect(String(problem)).toMatch(/build/i)
    }
  })

  test('P-06: the policy allows this style and scripts of this origin, and no other origin', () => {
    const { headers } = pagesOf('', fakePage().built).result(
      { shown: null, shopUrl: null, search: '', acceptLanguage: null },
      null,
    )
    const hash = createHash('sha256').update(style).digest('base64')
    expect(headers['content-security-policy']?.split('; ')).toEqual([
      "default-src 'none'",
      "script-src 'self'",
      `style-src 'sha256-${hash}'`,
      "img-src 'self'",
      "connect-src 'self'",
      "form-action 'none'",
      "base-uri 'none'",
      "frame-ancestors 'none'",
    ])
  })

  test.each([
    ['gzip, deflate, br', true],
    ['GZIP', true],
    ['gzip;q=0.5', true],
    ['br', false],
    ['gzip;q=0', false],
    ['gzip; q=0.0, br', false],
    [null, false],
  ] as const)('accept-encoding «%s» compresses it: %s', (accepted, packed) => {
    const { built } = fakePage()
    const asked = { shown: null, shopUrl: null, search: '', acceptLanguage: null }
    const { body, headers } = pagesOf('', built).result(asked, accepted)
    expect(headers['content-encoding']).toBe(packed ? 'gzip' : undefined)
    expect(String(packed ? gunzipSync(body) : Buffer.from(body))).toBe(built.document(asked))
  })
})

describe('GET /assets/*', () => {
  test('P-10: scripts of replaced builds stay available to the pages that name them', async () => {
    await using world = await startWorld()
    await using web = await builtWeb()
    const earlier = `${web.root}-earlier`
    await mkdir(join(earlier, 'assets'), { recursive: true })
    await writeFile(join(earlier, 'assets/old-1.js'), 'old()')
    await writeFile(join(earlier, 'assets/index-1.js'), 'own()')
    const app = createApp(world.journey(), await openPages(web.root))
    const asked = await Promise.all(
      ['old-1.js', 'index-1.js', 'never-1.js', '..%2findex.html'].map(async (name) => {
        const answer = await app.request(`/assets/${name}`)
        return [answer.status, answer.headers.get('cache-control'), answer.ok ? await answer.text() : '']
      }),
    )
    await rm(earlier, { recursive: true })
    const kept = 'public, max-age=31536000, immutable'
    expect(asked).toEqual([
      [200, kept, 'old()'],
      [200, kept, builtFiles['assets/index-1.js']],
      [404, 'no-store', ''],
      [404, 'no-store', ''],
    ])
  })
})

describe('GET /result/<token>', () => {
  test('R-10: waits for a lookup in flight, so the first response already says paid', async () => {
    await using stage = await startWithPages()
    const { world } = stage
    const { impUid } = await buy(world)
    world.gateway.misbehave({ webhook: 'never' })
    const answer = await comeBack(await world.gateway.approve(impUid))
    expect(await stage.kindAt(tokenIn(answer))).toBe('paid')
  })

  test('waits at most 300 ms, then shows the recorded state', async () => {
    await using stage = await startWithPages({ LOOKUP_TIMEOUT_MS: '8000' })
    const { world } = stage
    const { token, returnUrl, impUid } = await buy(world)
    world.gateway.misbehave({ rest: 'slow', restMs: 8_000 })
    await go(`${returnUrl}?imp_uid=${impUid}`)
    let kind = 'none yet'
    const answer = stage.kindAt(token).then((found) => (kind = found))
    let waitedMs = 0
    for (; kind === 'none yet' && waitedMs < 1_500; waitedMs += 20) await world.clock.advance(20)
    expect([kind, waitedMs >= 300]).toEqual(['checking', true])
    await answer
  })

  test('P-02, P-07: forbids caching, referrers and framing, and sets no cookie', async () => {
    await using stage = await startWithPages()
    const { token } = await buy(stage.world)
    const { status, headers } = await stage.app.request(`/result/${token}`)
    expect(status).toBe(200)
    expect(Object.fromEntries(headers)).toMatchObject({
      'content-type': 'text/html; charset=utf-8',
      'cache-control': 'no-store',
      'referrer-policy': 'no-referrer',
      'x-content-type-options': 'nosniff',
      'x-frame-options': 'DENY',
    })
    expect(headers.get('set-cookie')).toBeNull()
  })

  test('R-07: link previews and prefetches show the recorded state and start no lookup', async () => {
    await using stage = await startWithPages()
    const { token } = await buy(stage.world)
    await stage.world.pass(5_000)
    const before = outward(stage.world)
    expect((await stage.app.request(`/result/${token}`, { method: 'HEAD' })).status).toBe(200)
    const ahead = { headers: { 'sec-purpose': 'prefetch;prerender' } }
    expect(await (await stage.app.request(`/result/${token}`, ahead)).text()).toContain('checking')
    expect(outward(stage.world)).toBe(before)
  })

  test('R-07: repeated reloads call the gateway about once a second at most', async () => {
    await using stage = await startWithPages()
    const { token } = await buy(stage.world)
    await stage.world.pass(5_000)
    const before = looks(stage.world).length
    await Promise.all(Array.from({ length: 50 }, async () => stage.app.request(`/result/${token}`)))
    expect(looks(stage.world).length - before).toBeLessThanOrEqual(2)
  })

  test('R-11: forged, cut and expired tokens get one answer; unknown and foreign orders get one answer', async () => {
    await using stage = await startWithPages({ VIEW_TOKEN_LIFE_MS: '3600000' })
    const { world, app } = stage
    const { token } = await buy(world)
    const answers = async (paths: readonly string[]) =>
      Promise.all(
        paths.map(async (path) => {
          const answer = await app.request(`/result/${path}`)
          return [answer.status, (await answer.text()).length]
        }),
      )
    const bad = await answers(['x', `${token}x`, token.slice(0, -3)])
    expect(new Set(bad.map(String)).size).toBe(1)
    expect(bad[0]?.[0]).toBe(404)
    await register(world, { orderId: 'ord-foreign' })
    const strangers = await Promise.all(
      ['ord-foreign', 'ord-9999'].map(async (id) =>
        tokenIn(await go(`${world.url}/complete?merchant_uid=${id}&imp_success=true`)),
      ),
    )
    const [foreign, unknown] = await answers(strangers)
    expect(foreign).toEqual(unknown)
    world.clock.leap(90 * 24 * 3_600_000)
    expect(await answers([token])).toEqual(bad.slice(0, 1))
  })

  test('R-24: an address that was sent on with signs around it shows the same screen', async () => {
    await using shop = await startWithPages()
    const { token } = await buy(shop.world)
    for (const odd of [`${token}/`, `${token}.`, `${token}),`, `/${token}`, `%22${token}%22`])
      expect([odd, await shop.kindAt(odd)]).toEqual([odd, 'checking'])
    expect((await shop.app.request(`/RESULT/${token}`)).status).toBe(200)
    expect(await shop.kindAt(`${token.slice(0, -1)}.`)).toBe('none')
  })

  test('R-15: the query reaches only the page’s search and language parameters', async () => {
    await using stage = await startWithPages()
    const { token } = await buy(stage.world)
    await stage.app.request(`/result/${token}?lang=en&next=https://evil.test`, {
      headers: { 'accept-language': 'ko' },
    })
    expect(stage.asked.at(-1)).toMatchObject({
      search: '?lang=en&next=https://evil.test',
      acceptLanguage: 'ko',
    })
    expect(JSON.stringify(stage.asked.at(-1)?.shown)).not.toContain('evil')
  })

  test('P-03: no log line contains a token', async () => {
    await using stage = await startWithPages()
    const { token } = await buy(stage.world)
    await stage.app.request(`/result/${token}`)
    await stage.app.request(`/result/${token}/deadline.ics`)
    const lines = stage.world.logs.join('')
    expect(lines).toContain('/result/:token/deadline.ics')
    expect(lines).not.toContain(token)
  })
})

describe('GET /result/<token>/deadline.ics', () => {
  test('V-01: exists only while a deposit is awaited, and only for the link’s holder', async () => {
    await using stage = await startWithPages()
    const { world, app } = stage
    const { impUid, token } = await buy(world)
    const at = (each: string) => app.request(`/result/${each}/deadline.ics`)
    expect((await at(token)).status).toBe(404)
    await comeBack(await world.gateway.issueAccount(impUid))
    await world.until('an account', async () => (await stage.kindAt(token)) === 'awaiting_deposit')
    const file = await at(token)
    expect([file.status, file.headers.get('content-type'), file.headers.get('cache-control')]).toEqual([
      200,
      'text/calendar; charset=utf-8',
      'no-store',
    ])
    expect((await at(`${token}x`)).status).toBe(404)
    expect(await isPaid(world, orderId)).toBe(false)
  })
})
