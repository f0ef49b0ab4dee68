import { inventoryName, type BuiltPage, type Inventory } from '@landfall/payment-core'
import { createHash } from 'node:crypto'
import { readdir, readFile, writeFile } from 'node:fs/promises'
import { join, sep } from 'node:path'
import { pathToFileURL } from 'node:url'
import { parse, type DefaultTreeAdapterTypes } from 'parse5'
import type { Plugin } from 'vite'
import { z } from 'zod'

/** Writes into the app's page which content each script and style it names must have, and lists every file of the build by its content. */
export const inventory = (): Plugin => ({
  name: 'inventory',
  apply: 'build',
  async writeBundle({ dir = '' }) {
    if (this.environment.name === 'client') {
      const path = join(dir, 'index.html')
      await writeFile(path, await withIntegrity(await readFile(path, 'utf8'), dir))
    }
    // The last of the three builds: by now everything is there.
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

/** Copies packed for the way, and the inventory itself: checked by what they hold, not by a line of their own. */
const isListed = (path: string): boolean => path !== inventoryName && !/\.(?:br|gz)$/.test(path)

/** The same for the same files: nothing of when, where or in which order they were made is in it. */
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

/** A script or a style that was changed on its way is not run and not applied. */
async function withIntegrity(page: string, root: string): Promise<string> {
  let written = page
  // From the end, so that what is still to come stays where it was found.
  for (const { at, path } of filesNamedIn(page).toReversed()) {
    const integrity = integrityOf(await readFile(join(root, path)))
    written = `${written.slice(0, at)} integrity="${integrity}"${written.slice(at)}`
  }
  return written
}

type Named = { readonly path: string; readonly at: number }

/** Each script, style and preload the page names, and where its tag has room for another attribute. */
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
