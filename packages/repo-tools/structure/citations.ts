// What comments cite: documents with their sections, files, and cases of the catalogue.

import { parseSync } from 'oxc-parser'
import { missingPaths } from './documents.ts'
import { idsIn } from './promises.ts'
import type { SourceText } from './source.ts'

export type Comment = { readonly text: string; readonly where: string }

/** `headings` has the section numbers of each document; `ids` are the cases of the catalogue. */
export type Repository = {
  readonly paths: readonly string[]
  readonly headings: ReadonlyMap<string, ReadonlySet<string>>
  readonly ids: ReadonlySet<string>
}

/** A word that ends like a file of ours, a standard, or a number of a section. `//` in front marks an address of the web. */
const cited =
  /(?<![\w./@:-])(?<path>\.?[\w-][\w.@-]*(?:\/[\w.@-]+)*\.(?:md|tsx?|mjs|json|sql|sh|yaml|yml))(?![\w/*])|(?<standard>RFC \d+)|§(?<section>\d+(?:\.\d+)*)/g

/** A path behind the short name of a source of docs/gateway/portone-v1.md is a path of that source. */
const elsewhere = /\b(?:DEV|HELP|MAN|SDK|WOO|RN|FAKE|IMPJS)\s+(?:[\w/.-]+,\s+)*`?$/

/** Settings and built files have no place in the repository. */
const unkept = /^(?:dist|built|data|node_modules)\/|^\.env$/

/** Comments of a program; lines of comment that follow each other are one. */
export function commentsIn({ path, text }: SourceText): Comment[] {
  const comments: Array<{ text: string; line: number; end: number }> = []
  for (const { value, start, end } of parseSync(path, text).comments) {
    const last = comments.at(-1)
    if (last !== undefined && /^\s*$/.test(text.slice(last.end, start))) {
      last.text += ` ${value.trim()}`
      last.end = end
    } else comments.push({ text: value, line: text.slice(0, start).split('\n').length, end })
  }
  return comments.map((comment) => ({ text: comment.text, where: `${path}:${comment.line}` }))
}

/** The section numbers a document's headings begin with. */
export function sectionsOf(document: string): Set<string> {
  return new Set([...document.matchAll(/^#+ (\d+(?:\.\d+)*)\b/gm)].map((match) => match[1] ?? ''))
}

/**
 * Every citation of one file's comments that leads nowhere. A section alone belongs to the document that the file
 * cited last; sections of a standard are not looked for.
 */
export function deadCitations(comments: readonly Comment[], repository: Repository): string[] {
  let document: string | null = 'no document'
  return comments.flatMap(({ text, where }) => {
    const dead: string[] = []
    for (const { index, groups } of text.matchAll(cited)) {
      const { path, standard, section } = groups ?? {}
      const before = text.slice(0, index)
      if (path !== undefined && !elsewhere.test(before) && !unkept.test(path)) {
        if (path.endsWith('.md')) document = path
        dead.push(...missingPaths([path], repository.paths))
      }
      if (standard !== undefined) document = null
      if (section !== undefined && document !== null)
        if (repository.headings.get(document)?.has(section) !== true) dead.push(`${document} §${section}`)
    }
    dead.push(...idsIn(text).filter((id) => !repository.ids.has(id)))
    return dead.map((citation) => `${where}: ${citation}`)
  })
}
