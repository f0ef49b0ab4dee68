import type { Inventory } from '@landfall/payment-core'
import { createHash } from 'node:crypto'
import { mkdir, mkdtemp, rm, writeFile } from 'node:fs/promises'
import { tmpdir } from 'node:os'
import { dirname, join } from 'node:path'
import { brotliCompressSync, gzipSync } from 'node:zlib'

// A small stand-in for the web app's build: files of the same names, and their inventory.

export const builtStyle = 'body { color: #14191f }'
const script = 'document.title += "!"'
const css = 'p { margin: 0 }'
const hashOf = (text: string, kind: string): string => createHash(kind).update(text).digest('base64')
const integrityOf = (text: string): string => `sha384-${hashOf(text, 'sha384')}`

const resultPage = `<!doctype html><html lang="ko"><head><title>t</title><style>${builtStyle}</style></head><body><main>whole</main></body></html>`
const shopPage = `<!doctype html><html lang="ko"><head><title>shop</title><link rel="icon" href="/icon.svg">
<script type="module" crossorigin src="/assets/index-1.js" integrity="${integrityOf(script)}"></script>
<link rel="stylesheet" crossorigin href="/assets/index-1.css" integrity="${integrityOf(css)}">
</head><body><div id="root"></div><noscript><p>Please.</p></noscript></body></html>`
const renders = `export const style = ${JSON.stringify(builtStyle)}
export const document = () => ${JSON.stringify(resultPage)}
export const calendar = ({ kind }) => kind === 'awaiting_deposit' ? 'BEGIN:VCALENDAR' : null`

export const builtFiles = {
  'index.html': shopPage,
  'icon.svg': '<svg xmlns="http://www.w3.org/2000/svg"/>',
  'assets/index-1.js': script,
  'assets/index-1.css': css,
  'render/page.js': renders,
}

export function inventoryOf(files: Readonly<Record<string, string>>): string {
  const listed: Inventory = {
    files: Object.entries(files)
      .toSorted(([a], [b]) => (a < b ? -1 : 1))
      .map(([path, text]) => ({ path, bytes: Buffer.byteLength(text), integrity: integrityOf(text) })),
    inlineStyles: [
      {
        page: '/result',
        bytes: Buffer.byteLength(builtStyle),
        integrity: `sha256-${hashOf(builtStyle, 'sha256')}`,
      },
    ],
  }
  return JSON.stringify(listed)
}

/** A temporary folder with the files of a build. */
export async function builtWeb() {
  const root = await mkdtemp(join(tmpdir(), 'landfall-web-'))
  const write = async (path: string, content: string | Uint8Array): Promise<void> => {
    await mkdir(dirname(join(root, path)), { recursive: true })
    await writeFile(join(root, path), content)
  }
  for (const [path, text] of Object.entries(builtFiles)) {
    await write(path, text)
    if (!path.startsWith('assets/')) continue
    await write(`${path}.br`, brotliCompressSync(text))
    await write(`${path}.gz`, gzipSync(text))
  }
  await write('inventory.json', inventoryOf(builtFiles))
  return { root, write, [Symbol.asyncDispose]: () => rm(root, { recursive: true }) }
}
