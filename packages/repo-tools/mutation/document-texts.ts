// A plugin of Stryker's: texts of the API's document are left alone. They do nothing in the core; the server's tests read them in the document.

/** What Stryker tells of a place in the code, no more of it than is asked here. */
type Node = {
  readonly type: string
  readonly name?: string
  readonly callee?: Node
  readonly property?: Node
}
type Place = { readonly key: unknown; readonly listKey?: string; readonly parent: Node | null }

const REASON = 'a text of the API’s document'

/** Calls that give a schema its description, and the first of their arguments that is such a text. */
const describing: Readonly<Record<string, number>> = {
  describe: 0,
  meta: 0,
  text: 0,
  moment: 0,
  sum: 0,
  count: 0,
  explained: 0,
  line: 1,
}

export function isDocumentText({ key, listKey, parent }: Place): boolean {
  if (listKey !== 'arguments' || parent?.type !== 'CallExpression') return false
  const name = parent.callee?.name ?? parent.callee?.property?.name ?? ''
  const first = describing[name]
  // `line` of a story takes a shape after its text.
  return first !== undefined && Number(key) >= first && !(name === 'line' && Number(key) > 1)
}

export const strykerPlugins = [
  {
    kind: 'Ignore',
    name: 'document texts',
    value: { shouldIgnore: (place: Place) => (isDocumentText(place) ? REASON : undefined) },
  },
]
