import { globSync } from 'node:fs'
import { defineConfig } from 'vite'

const commands = globSync('src/commands/*.ts', { cwd: import.meta.dirname, exclude: ['**/*.test.ts'] })
const entries = ['src/main.ts', ...commands].map((path) => [path.replace(/^src\/|\.ts$/g, ''), path] as const)

/**
 * What `npx -y pnpm start` runs: the same modules, their types taken off beforehand. Node takes them off as well, but with a compiler that
 * stays in memory: 200 MB and a second of every start (docs/decisions/0006). File by file, so that paths beside a module still hold. The
 * commands are built as well: where only the build is deployed, staff run them there.
 */
export default defineConfig({
  build: {
    ssr: true,
    target: 'node22',
    outDir: 'built',
    minify: false,
    rolldownOptions: {
      input: Object.fromEntries(entries),
      output: { preserveModules: true, preserveModulesRoot: 'src', entryFileNames: '[name].js' },
    },
  },
  ssr: { noExternal: ['@landfall/payment-core', 'drizzle-orm'] },
})
