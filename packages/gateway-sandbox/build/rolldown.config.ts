import { chmodSync, copyFileSync, writeFileSync } from 'node:fs'
import { defineConfig } from 'rolldown'
import type { Plugin } from 'rolldown'
import { dts } from 'rolldown-plugin-dts'
import own from '../package.json' with { type: 'json' }

const { '@landfall/payment-core': _core, ...dependencies } = own.dependencies
const external = [/^node:/, ...Object.keys(dependencies)]
const output = { dir: 'built', format: 'esm', chunkFileNames: 'parts/[name].js' } as const

/** The manifest of `@landfall/sandbox`, the package that shops install. The core is inside, because it is no package of its own. */
const manifest = {
  name: '@landfall/sandbox',
  version: own.version,
  description: 'A payment gateway (PortOne V1 and V2) that runs on a laptop and in CI.',
  license: own.license,
  type: own.type,
  engines: { node: '>=20.3' },
  bin: { 'landfall-sandbox': './bin.js' },
  exports: { '.': { types: './start.d.ts', default: './start.js' } },
  dependencies,
}

const withManifest: Plugin = {
  name: 'manifest',
  writeBundle() {
    writeFileSync('built/package.json', `${JSON.stringify(manifest, null, 2)}\n`)
    copyFileSync('README.md', 'built/README.md')
    chmodSync('built/bin.js', 0o755)
  },
}

/** Code from the sources, declarations from those that `tsc -b` has written. */
export default defineConfig([
  {
    input: { start: 'src/start.ts', bin: 'src/bin.ts' },
    platform: 'node',
    external,
    plugins: [withManifest],
    output: { ...output, cleanDir: true },
  },
  {
    input: { start: 'dist/src/start.d.ts' },
    external,
    plugins: [dts({ dtsOnly: true })],
    output,
  },
])
