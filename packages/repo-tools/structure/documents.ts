// What the documents name, and what of it is not there.

import { parseSync, Visitor } from 'oxc-parser'

const endings = /\.(?:ts|tsx|js|mjs|json|md|yaml|yml|html|css|sql|sh)$/
const path = /^\.?[\w@-][\w.@-]*(?:\/[\w.@-]+)*\/?$/

/** Backticked words and words of fenced blocks that look like a path of this repository. Routes begin with `/`. */
export function pathsNamedIn(document: string, topFolders: readonly string[]): string[] {
  const inline = [...document.matchAll(/`([^`\n]+)`/g)].map((match) => match[1] ?? '')
  const fenced = [...document.matchAll(/^```[^\n]*\n([\s\S]*?)^```/gm)].flatMap((match) =>
    (match[1] ?? '').split(/\s+/),
  )
  const linked = [...document.matchAll(/\]\((?!https?:|#)([^)#\s]+)/g)].map((match) => match[1] ?? '')
  const words = [...inline, ...fenced, ...linked].map((word) =>
    word.replace(/^\.\//, '').replace(/[,;:]$/, ''),
  )
  const named = words.filter((word) => path.test(word) && !word.startsWith('@'))
  const isPath = (word: string): boolean => {
    const [first = ''] = word.split('/')
    return endings.test(word) || (word.includes('/') && topFolders.includes(first))
  }
  return [...new Set(named.filter(isPath))]
}

/** A path may be written from the root or from within its room (`journey/reconcile/reconcile.ts`), never half a word of it. */
export function missingPaths(named: readonly string[], existing: readonly string[]): string[] {
  const known = existing.map((file) => `/${file}`)
  return named.filter((name) => {
    const wanted = `/${name.replace(/\/$/, '')}`
    return !known.some((file) => file.endsWith(wanted) || file.includes(`${wanted}/`))
  })
}

/** The variables a schema of the environment has a key for: `PORT`, `TOKEN_SECRET`. */
export function variablesReadIn(configSource: string): string[] {
  const names = new Set<string>()
  const take = (name: string): void => {
    if (/^[A-Z][A-Z0-9_]+$/.test(name) && name !== 'NODE_ENV') names.add(name)
  }
  new Visitor({
    Property: ({ key }) => {
      if (key.type === 'Identifier') take(key.name)
      if (key.type === 'Literal') take(String(key.value))
    },
    MemberExpression: (node) => {
      if (node.computed && node.property.type === 'Literal') take(String(node.property.value))
      if (!node.computed && node.property.type === 'Identifier') take(node.property.name)
    },
  }).visit(parseSync('config.ts', configSource).program)
  return [...names]
}

/** The variables .env.example explains, those behind a `#` included. */
export function variablesExplainedIn(example: string): string[] {
  return [...example.matchAll(/^(?:# ?)?([A-Z][A-Z0-9_]+)=/gm)].map((match) => match[1] ?? '')
}
