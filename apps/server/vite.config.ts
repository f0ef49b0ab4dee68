import { defineConfig } from 'vite'

/**
 * What `npx -y pnpm start` runs: the same modules, their types taken off beforehand. Node takes them off as well, but with a compiler that
 * stays in memory: 200 MB and a second of every start (docs/decisions/0006). File by file, so that paths beside a module still hold. The
 * operator's commands are built as well, for where only the build is deployed.
 */
export default defineConfig({
  build: {
    ssr: true,
    target: 'node22',
    outDir: 'built',
    minify: false,
    rolldownOptions: {
      input: { main: 'src/main.ts', 'commands/landfall': 'src/commands/landfall.ts' },
      output: { preserveModules: true, preserveModulesRoot: 'src', entryFileNames: '[name].js' },
    },
  },
  ssr: { noExternal: ['@landfall/payment-core', 'drizzle-orm'] },
})
