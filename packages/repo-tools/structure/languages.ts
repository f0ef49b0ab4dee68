// What a translation must not change, and where the links between documents lead.

import { posix } from 'node:path'

const fence = /^```(\w*)\n([\s\S]*?)^```$/gm

/** Without comments, which are translated. */
const codeOf = (line: string): string =>
  line
    .replace(/(?:^|\s)\s*(?:#|\/\/|<!--)\s.*$/, '')
    .replaceAll(/<repository>|<저장소>/g, '<…>')
    .trimEnd()

const tableRow = (line: string): string => {
  const spans = [...line.matchAll(/`([^`]+)`/g)].map(([, span = '']) => span)
  return `${line.split(/(?<!\\)\|/).length - 2} cells ${spans.toSorted((one, other) => (one < other ? -1 : 1)).join(' ')}`
}

/** The depth of each heading, each line of code without its comment, and of each row of a table its number of cells and its code. */
export function outlineOf(document: string): string[] {
  const outline: string[] = []
  const isText = (line: string): boolean => line.trim() !== ''
  const plain = document.replaceAll(fence, (_, language: string, code: string) =>
    [`    ${language}`, ...code.split('\n').map((line) => `    ${line}`)].join('\n'),
  )
  for (const line of plain.split('\n')) {
    const [heading] = /^#+(?= )/.exec(line) ?? []
    if (heading !== undefined) outline.push(heading)
    else if (line.startsWith('    ') && isText(codeOf(line))) outline.push(codeOf(line))
    else if (line.startsWith('|')) outline.push(tableRow(line))
  }
  return outline
}

/** The anchors that a page of GitHub's gives its headings. */
function anchorsOf(document: string): Set<string> {
  const headings = document.replaceAll(fence, '').matchAll(/^#+ (.+)$/gm)
  return new Set(
    [...headings].map(([, heading = '']) =>
      heading
        .toLowerCase()
        .replaceAll(/[^\p{L}\p{N}\s_-]/gu, '')
        .trim()
        .replaceAll(' ', '-'),
    ),
  )
}

/** Every link to a section that its document lacks. */
export function deadAnchors(documents: ReadonlyMap<string, string>): string[] {
  return [...documents].flatMap(([path, document]) =>
    [...document.matchAll(/\]\((?!https?:)([^)\s#]*)#([^)\s]+)\)/g)]
      .filter(([, target = '', anchor = '']) => {
        const named = target === '' ? path : posix.join(posix.dirname(path), target)
        return !anchorsOf(documents.get(named) ?? '').has(decodeURIComponent(anchor))
      })
      .map(([, target, anchor]) => `${path}: ${target}#${anchor}`),
  )
}
