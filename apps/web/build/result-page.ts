import type { Plugin } from 'vite'
import { integrityOf } from './inventory.ts'

const scriptId = 'virtual:result-script'

/**
 * Gives the server-rendered page the address and the integrity hash of its script. Both are known after the `result` build. In development
 * and in tests the address is that of the source.
 */
export function resultScript(): Plugin {
  let script: { address: string; integrity: string | null } = { address: '/src/result.tsx', integrity: null }
  return {
    name: 'result-script',
    sharedDuringBuild: true,
    resolveId: (id) => (id === scriptId ? `\0${scriptId}` : null),
    load: (id) => (id === `\0${scriptId}` ? `export default ${JSON.stringify(script)}` : null),
    writeBundle(_, bundle) {
      if (this.environment.name !== 'result') return
      const entry = Object.values(bundle).find((file) => file.type === 'chunk' && file.isEntry)
      if (entry?.type !== 'chunk') throw new Error('the result page has no script')
      script = { address: `/${entry.fileName}`, integrity: integrityOf(entry.code) }
    },
  }
}
