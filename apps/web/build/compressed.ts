import { readFile, writeFile } from 'node:fs/promises'
import { join } from 'node:path'
import { brotliCompressSync, gzipSync } from 'node:zlib'
import type { Plugin } from 'vite'

/** Writes a `.br` and a `.gz` copy of every script and style, so that the server does not compress at run time. */
export const compressed = (): Plugin => ({
  name: 'compressed',
  apply: 'build',
  applyToEnvironment: ({ name }) => name !== 'render',
  async writeBundle({ dir }, bundle) {
    const names = Object.keys(bundle).filter((name) => /^assets\/.*[.](?:js|css)$/.test(name))
    for (const name of names) {
      const path = join(dir ?? '', name)
      const bytes = await readFile(path)
      await writeFile(`${path}.br`, brotliCompressSync(bytes))
      await writeFile(`${path}.gz`, gzipSync(bytes, { level: 9 }))
    }
  },
})
