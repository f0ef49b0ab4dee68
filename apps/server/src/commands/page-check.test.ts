import { join } from 'node:path'
import { describe, expect, test } from 'vitest'
import { brotliCompressSync, gunzipSync } from 'node:zlib'
import { builtFiles, builtStyle, builtWeb, inventoryOf } from '../../testing/built-web.ts'
import { landfall } from '../../testing/command.ts'
import { listen } from '../../testing/receiver.ts'
import { startWorld } from '../../testing/world.ts'
import { createApp } from '../http/app.ts'
import { knownOf, findUnexpectedMarkup } from '../http/unexpected-markup.ts'
import { openPages, readInventory } from '../http/page.ts'
import { checkPages, type AskPage } from './page-check.ts'

type OnTheWay = (path: string, answer: Response) => Response | Promise<Response>

/** The command as an operator runs it. */
async function command(...words: readonly string[]) {
  const { code, out, error } = await landfall(['self-check', ...words])
  return { code, lines: out.split('\n').filter((line) => line !== ''), error }
}

/** A server with its pages, something on the way that may change what it says, and the comparison, here or as an operator runs it. */
async function served(env: Readonly<Record<string, string>> = {}) {
  const world = await startWorld({ env })
  const web = await builtWeb()
  const app = createApp(world.journey(), await openPages(web.root))
  let onTheWay: OnTheWay = (_, answer) => answer
  const { server, port } = await listen({
    fetch: async (request) => onTheWay(new URL(request.url).pathname, await app.fetch(request)),
  })
  const url = `http://127.0.0.1:${port}`
  const inventoryFile = join(web.root, 'inventory.json')
  const ask: AskPage = async (path, headers) => {
    const answer = await fetch(url + path, { headers, redirect: 'manual' })
    return {
      status: answer.status,
      headers: answer.headers,
      body: new Uint8Array(await answer.arrayBuffer()),
    }
  }
  const differences = async (): Promise<readonly string[]> => {
    const expected = {
      url,
      inventory: await readInventory(inventoryFile),
      shopScriptUrls: [world.config.gateways['portone-v1']?.sdkUrl ?? ''],
      shop: { frames: world.config.shop.frames, logoUrl: world.config.shop.face?.logoUrl ?? null },
    }
    return (await checkPages(ask, expected)).differences
  }
  const sdk = ['--shop-script', world.config.gateways['portone-v1']?.sdkUrl ?? '']
  const run = (...more: readonly string[]) => command(url, ...sdk, '--inventory', inventoryFile, ...more)
  return {
    url,
    web,
    differences,
    run,
    change: (how: OnTheWay) => {
      onTheWay = how
    },
    [Symbol.asyncDispose]: async () => {
      await new Promise<void>((resolve) => {
        server.close(() => resolve())
        if ('closeAllConnections' in server) server.closeAllConnections()
      })
      await web[Symbol.asyncDispose]()
      await world[Symbol.asyncDispose]()
    },
  }
}

/** What a proxy does that unpacks a page, puts something of its own into it, and sends it on. */
const rewritten =
  (path: string, from: string, to: string): OnTheWay =>
  async (asked, answer) => {
    if (asked !== path) return answer
    const bytes = Buffer.from(await answer.arrayBuffer())
    const headers = new Headers(answer.headers)
    const isPacked = headers.get('content-encoding') === 'gzip'
    for (const name of ['content-encoding', 'content-length']) headers.delete(name)
    const text = String(isPacked ? gunzipSync(bytes) : bytes).replace(from, to)
    return new Response(text, { status: answer.status, headers })
  }

describe('self-check', () => {
  test('P-06: a server that sends what was built passes, and how much was looked at is told', async () => {
    await using site = await served()
    expect(await site.run()).toEqual({
      code: 0,
      lines: [`${site.url}: 13 answers and 3 files are as they were built.`],
      error: '',
    })
  })

  test('P-06: the shop’s logo and the origins that may frame the screen are compared with what the operator names', async () => {
    await using site = await served({
      ALLOWED_ORIGINS: 'https://shop.example https://m.shop.example',
      SHOP_NAME: 'shop',
      SHOP_LOGO_URL: 'https://cdn.example/logo.svg',
    })
    expect(await site.differences()).toEqual([])
    const named = ['--allowed-origin', 'https://shop.example', '--allowed-origin', 'https://m.shop.example']
    expect((await site.run(...named, '--logo', 'https://cdn.example/a.svg')).code).toBe(0)
    const { code, lines } = await site.run(...named)
    expect([code, lines]).toEqual([1, [expect.stringContaining("img-src 'self' https://cdn.example;")]])
    expect((await site.run('--logo', 'https://cdn.example/a.svg')).lines).toEqual([
      expect.stringContaining('frame-ancestors https://shop.example https://m.shop.example»'),
      '/result/self-check: the header x-frame-options is missing',
    ])
  })

  test('P-06: one byte changed on the disk is found, in the packed copy as well', async () => {
    await using site = await served()
    await site.web.write('assets/index-1.js', builtFiles['assets/index-1.js'].replace('!', '?'))
    await site.web.write('assets/index-1.css.br', brotliCompressSync('p { margin: 1 }'))
    expect(await site.differences()).toEqual([
      expect.stringMatching(
        /^\/assets\/index-1\.css \(br\): not what was built: sha384-\S+ instead of sha384-/,
      ),
      expect.stringMatching(/^\/assets\/index-1\.js \(identity\): not what was built/),
    ])
  })

  test('P-06: a script added on the way is found and shown', async () => {
    await using site = await served()
    site.change(
      rewritten('/result/self-check', '</body>', '<script src="https://evil.test/a.js"></script></body>'),
    )
    const added = '/result/self-check: a script from an address that was not built: https://evil.test/a.js'
    expect(await site.run()).toEqual({ code: 1, lines: [added], error: '' })
    site.change(rewritten('/', '<div id="root">', '<div id="root" onclick="own()">'))
    expect(await site.differences()).toEqual([
      expect.stringMatching(/^\/: not what was built/),
      '/: an inline handler: <div onclick="own()">',
    ])
  })

  test('P-06: a header that is removed, weakened or added is found on each answer it fails', async () => {
    await using site = await served()
    site.change((_, answer) => {
      const headers = new Headers(answer.headers)
      headers.delete('x-content-type-options')
      return new Response(answer.body, { status: answer.status, headers })
    })
    const without = await site.differences()
    expect(without).toHaveLength(13)
    expect(without[0]).toBe('/: the header x-content-type-options is missing')
    site.change((path, answer) => {
      const headers = new Headers(answer.headers)
      if (path === '/self-check') headers.set('content-security-policy', "default-src * 'unsafe-inline'")
      if (path === '/healthz') headers.set('set-cookie', 'a=1')
      return new Response(answer.body, { status: answer.status, headers })
    })
    expect(await site.differences()).toEqual([
      expect.stringContaining(
        "/self-check: content-security-policy is «default-src * 'unsafe-inline'» instead of",
      ),
      '/healthz: a cookie is set',
    ])
  })

  test('a page that is not there is told of', async () => {
    await using site = await served()
    site.change((path, answer) => (path === '/icon.svg' ? new Response(null, { status: 404 }) : answer))
    expect((await site.differences())[0]).toBe('/icon.svg (br): answered 404 instead of 200')
  })

  test('an address nobody answers is told of', async () => {
    await using web = await builtWeb()
    const { server, port } = await listen({ fetch: () => new Response() })
    await new Promise<void>((resolve) => void server.close(() => resolve()))
    const inventory = ['--inventory', join(web.root, 'inventory.json')]
    expect(await command(`http://127.0.0.1:${port}`, ...inventory)).toEqual({
      code: 1,
      lines: [],
      error: expect.stringMatching(/^http:\/\/127\.0\.0\.1:\d+\/ cannot be read: .*ECONNREFUSED/),
    })
  })

  test('without an inventory nothing is compared', async () => {
    const { code, error } = await command('http://127.0.0.1:9', '--inventory', '/nowhere.json')
    expect([code, error]).toEqual([1, expect.stringContaining('/nowhere.json is missing')])
  })

  test.each(['pay.example.com', 'http://127.0.0.1:9 more', 'javascript:1'])(
    '«%s» are words it does not know: nobody is asked',
    async (words) => {
      expect((await command(...words.split(' '))).code).toBe(2)
    },
  )
})

describe('what is strange in a page', () => {
  const known = async () => {
    await using web = await builtWeb()
    return knownOf(await readInventory(join(web.root, 'inventory.json')))
  }

  test('P-06: nothing, in the pages as they were built', async () => {
    const all = await known()
    expect(findUnexpectedMarkup(builtFiles['index.html'], all)).toEqual([])
    expect(
      findUnexpectedMarkup(`<style>${builtStyle}</style><script type="application/json">{}</script>`, all),
    ).toEqual([])
    expect(JSON.parse(inventoryOf(builtFiles)).files).toHaveLength(5)
  })

  test.each([
    ['<script>own()</script>', 'an inline script: own()'],
    ['<script type="module">own()</script>', 'an inline script: own()'],
    ['<SCRIPT\nsrc=//evil.test/a.js>', 'a script from an address that was not built: //evil.test/a.js'],
    [
      '<script src="/assets/index-1.js"></script>',
      'a script without the integrity it was built with: /assets/index-1.js',
    ],
    ['<svg><script href="/a.js"/></svg>', 'a script from an address that was not built: /a.js'],
    ['<noscript><img src=x onerror=own()></noscript>', 'an inline handler: <img onerror="own()">'],
    ['<template><b onclick="own()"></b></template>', 'an inline handler: <b onclick="own()">'],
    ['<style>p{}</style>', 'an inline style that was not built: p{}'],
    ['<p style="color:red">', 'an inline style: <p style="color:red">'],
    ['<link rel=stylesheet href=/evil.css>', 'a link from an address that was not built: /evil.css'],
    [
      '<link rel="preconnect" href="https://evil.test">',
      'a link from an address that was not built: https://evil.test',
    ],
    ['<a href=" java\tscript:own()">', 'an address that runs: <a href="java script:own()">'],
    ['<iframe srcdoc="">', '<iframe> is in none of our pages'],
    ['<base href="https://evil.test/">', '<base> is in none of our pages'],
    ['<form action="https://evil.test/">', '<form> is in none of our pages'],
    [
      '<meta http-equiv=refresh content="0;https://evil.test">',
      '<meta http-equiv="refresh"> is in none of our pages',
    ],
  ])('P-06: «%s»', async (html, said) => {
    expect(findUnexpectedMarkup(`<!doctype html><body>${html}`, await known())).toContain(said)
  })
})
