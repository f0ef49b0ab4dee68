import { join } from 'node:path'
import { defineConfig } from 'vite'
import { developersPages } from './build/developers-pages.ts'
import { compressed } from './build/compressed.ts'
import { keepEarlierAssets } from './build/earlier-assets.ts'
import { inventory } from './build/inventory.ts'
import { resultScript } from './build/result-page.ts'

/** The paths that the server answers, in development too. */
export const SERVER_PATHS = '^/(trpc|v1|docs|openapi\\.json)(?=[/?]|$)'

const serverUrl = `http://127.0.0.1:${process.env['PORT'] ?? '4000'}`

/**
 * One command makes three builds: the app (the shop, and all pages in development), the result page's script, and the result page's
 * renderer for the server. In production the server serves `dist/` from its own origin. In development Vite proxies
 * the APIs, SSE included, and their document to the server.
 */
export default defineConfig({
  plugins: [resultScript(), compressed(), inventory(), developersPages(serverUrl)],
  build: { target: 'es2022', assetsInlineLimit: 0, modulePreload: { polyfill: false } },
  environments: {
    result: {
      consumer: 'client',
      build: {
        outDir: 'dist',
        emptyOutDir: false,
        copyPublicDir: false,
        // A classic script: the parser waits for it (`document.ts`).
        rolldownOptions: { input: 'src/result.tsx', output: { format: 'iife' } },
      },
    },
    render: {
      consumer: 'server',
      resolve: { noExternal: true },
      build: {
        outDir: 'dist/render',
        copyPublicDir: false,
        minify: true,
        rolldownOptions: { input: 'src/render.tsx', output: { entryFileNames: 'page.js' } },
      },
    },
  },
  builder: {
    buildApp: async (builder) => {
      await keepEarlierAssets(join(builder.config.root, 'dist'), Date.now())
      for (const name of ['client', 'result', 'render']) {
        const environment = builder.environments[name]
        if (environment !== undefined) await builder.build(environment)
      }
    },
  },
  server: {
    host: '127.0.0.1',
    port: Number(process.env['WEB_PORT'] ?? '5173'),
    strictPort: true,
    proxy: { [SERVER_PATHS]: { target: serverUrl } },
  },
})
