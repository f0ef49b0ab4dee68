import { inventoryName, type BuiltPage, type Inventory } from '@landfall/payment-core'
import { createHash } from 'node:crypto'
import { readdir, readFile, writeFile } from 'node:fs/promises'
import { join, sep } from 'node:path'
import { pathToFileURL } from 'node:url'
import { parse, type DefaultTreeAdapterTypes } from 'parse5'
import type { Plugin } from 'vite'
import { z } from 'zod'

/** Adds an integrity hash to each script and style of the app's page, and lists every file of the build with its hash. */
export const inventory = (): Plugin => ({
  name: 'inventory',
  apply: 'build',
  async writeBundle({ dir = '' }) {
    if (this.environment.name === 'client') {
      const path = join(dir, 'index.html')
      await writeFile(path, await withIntegrity(await readFile(path, 'utf8'), dir))
    }
    // `render` is the last of the three builds, so all files exist.
    if (this.environment.name === 'render') {
      const root = join(dir, '..')
      const text = JSON.stringify(await inventoryOf(root), null, 2)
      await writeFile(join(root, inventoryName), `${text}\n`)
    }
  },
})

export const integrityOf = (bytes: Uint8Array | string): string =>
  `sha384-${createHash('sha384').update(bytes).digest('base64')}`

const Rendering = z.object({ style: z.custom<BuiltPage['style']>((value) => typeof value === 'string') })

/** The list omits compressed copies, whose originals it contains, and itself. */
const isListed = (path: string): boolean => path !== inventoryName && !/\.(?:br|gz)$/.test(path)

/** Equal files give an equal inventory: it contains no times, no absolute paths and a sorted list. */
async function inventoryOf(root: string): Promise<Inventory> {
  const entries = await readdir(root, { recursive: true, withFileTypes: true })
  const paths = entries
    .filter((entry) => entry.isFile())
    .map((entry) =>
      join(entry.parentPath, entry.name)
        .slice(root.length + 1)
        .replaceAll(sep, '/'),
    )
    .filter(isListed)
    .toSorted()
  const files = await Promise.all(
    paths.map(async (path) => {
      const bytes = await readFile(join(root, path))
      return { path, bytes: bytes.length, integrity: integrityOf(bytes) }
    }),
  )
  const { style } = Rendering.parse({ ...(await import(pathToFileURL(join(root, 'render/page.js')).href)) })
  const integrity = `sha256-${createHash('sha256').update(style).digest('base64')}`
  return { files, inlineStyles: [{ page: '/result', bytes: Buffer.byteLength(style), integrity }] }
}

/** The browser refuses a script or a style whose content does not match its integrity hash. */
async function withIntegrity(page: string, root: string): Promise<string> {
  let written = page
  // Insert from the end of the page: earlier offsets stay valid.
  for (const { at, path } of filesNamedIn(page).toReversed()) {
    const integrity = integrityOf(await readFile(join(root, path)))
    written = `${written.slice(0, at)} integrity="${integrity}"${written.slice(at)}`
  }
  return written
}

type Named = { readonly path: string; readonly at: number }

/** Finds each script, style and preload of the page, and the offset in its tag at which an attribute can be inserted. */
function filesNamedIn(page: string): Named[] {
  const named: Named[] = []
  const walk = (node: DefaultTreeAdapterTypes.Node): void => {
    if ('tagName' in node) {
      const of = (name: string) => node.attrs.find((attr) => attr.name === name)?.value
      const loads = /\b(?:stylesheet|modulepreload|preload)\b/.test(of('rel') ?? '')
      const path = node.tagName === 'script' ? of('src') : loads ? of('href') : undefined
      const at = node.sourceCodeLocation?.startTag?.endOffset ?? node.sourceCodeLocation?.endOffset
      if (path !== undefined && at !== undefined) named.push({ path, at: at - 1 })
    }
    if ('childNodes' in node) for (const child of node.childNodes) walk(child)
  }
  walk(parse(page, { sourceCodeLocationInfo: true }))
  return named
}
