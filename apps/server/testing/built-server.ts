import { existsSync } from 'node:fs'
import { fileURLToPath } from 'node:url'
import manifest from '../package.json' with { type: 'json' }

const path = fileURLToPath(new URL('../built/main.js', import.meta.url))

/** Bounds of the heap, as `npx -y pnpm start` and the files in `deploy/` set them. */
export const heapOptions: readonly string[] = manifest.config.heap.split(' ')

/** What Node is given to run the built server. Throws when it is not built. */
export function builtServer(): readonly string[] {
  if (!existsSync(path)) throw new Error(`${path} is not there: run «npx -y pnpm build» first.`)
  return [...heapOptions, path]
}
