import { defineConfig } from 'rolldown'
import { dts } from 'rolldown-plugin-dts'

/** What a shop installs: one JavaScript and one declaration file for each entrance. */
export default defineConfig({
  input: { index: 'src/index.ts', express: 'src/express.ts', hono: 'src/hono.ts', next: 'src/next.ts' },
  platform: 'node',
  external: ['standardwebhooks'],
  plugins: [dts()],
  output: { dir: 'built', format: 'esm', cleanDir: true, chunkFileNames: 'parts/[name].js' },
})
