import type { Plugin } from 'vite'
import { integrityOf } from './inventory.ts'

/** The result page is compiled against Preact, in the browser and on the server alike (docs/decisions/0005). */
const stands = new Map([
  ['react', 'preact/compat'],
  ['react-dom', 'preact/compat'],
  ['react-dom/client', 'preact/compat/client'],
  ['react-dom/server', 'preact-render-to-string'],
  ['react/jsx-runtime', 'preact/jsx-runtime'],
])
const resultBuilds = new Set(['result', 'render'])

export const preactForResult = (): Plugin => ({
  name: 'preact-for-result',
  enforce: 'pre',
  applyToEnvironment: ({ name }) => resultBuilds.has(name),
  resolveId(id, importer) {
    const stand = stands.get(id)
    return stand === undefined ? null : this.resolve(stand, importer, { skipSelf: true })
  },
})

const scriptId = 'virtual:result-script'

/**
 * Tells the page the server writes where its script lies and what is in it: known once that is built; in development and in tests it is the
 * source.
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
