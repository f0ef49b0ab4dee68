import { defineConfig, mergeConfig } from 'vite'
import built from '../../vite.config.ts'

/** What `start` runs, module by module the same, and beside it the server that kills itself. */
export default mergeConfig(
  built,
  defineConfig({
    build: {
      rolldownOptions: { input: { main: 'src/main.ts', points: 'verification/crash/points-server.ts' } },
    },
  }),
)
