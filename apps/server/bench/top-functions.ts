import { readFileSync } from 'node:fs'
import { z } from 'zod'

const Profile = z.object({
  nodes: z.array(
    z.object({
      id: z.number(),
      callFrame: z.object({ functionName: z.string(), url: z.string(), lineNumber: z.number() }),
      children: z.array(z.number()).optional(),
    }),
  ),
  samples: z.array(z.number()),
  timeDeltas: z.array(z.number()),
})
type Node = z.infer<typeof Profile>['nodes'][number]
const FUNCTIONS_TOLD = 15
const FILES_TOLD = 12

/** Where a profile's time went by itself, without what it called: functions, then files and packages, as shares of the busy time. */
export function topFunctions(path: string): string {
  const { nodes, samples, timeDeltas } = Profile.parse(JSON.parse(readFileSync(path, 'utf8')))
  const placeOf = placesIn(nodes)
  const functions = new Map<string, number>()
  const files = new Map<string, number>()
  let [busy, idle] = [0, 0]
  samples.forEach((id, index) => {
    const took = timeDeltas[index] ?? 0
    const place = placeOf(id)
    // The profiler's own start is no part of what was measured.
    if (place.file === 'node:inspector') return
    if (place.name === '(idle)') return void (idle += took)
    busy += took
    const told = place.file === '' ? place.name : `${place.name} ${place.file}:${place.line}`
    functions.set(told, (functions.get(told) ?? 0) + took)
    const room = roomOf(place.file) || place.name
    files.set(room, (files.get(room) ?? 0) + took)
  })
  const share = ((100 * busy) / Math.max(1, busy + idle)).toFixed(0)
  return [
    `busy ${share} % of the time; shares of that, by self time`,
    ...top(functions, busy, FUNCTIONS_TOLD),
    'by file or package',
    ...top(files, busy, FILES_TOLD),
  ].join('\n')
}

type Place = { readonly name: string; readonly file: string; readonly line: number }

/** Where a node of the profile stands in the sources. Native code stands nowhere: it is told by who called it. */
function placesIn(nodes: readonly Node[]): (id: number) => Place {
  const byId = new Map(nodes.map((node) => [node.id, node]))
  const parents = new Map(
    nodes.flatMap(({ id, children = [] }) => children.map((child) => [child, id] as const)),
  )
  return (id) => {
    const own = byId.get(id)?.callFrame
    let [native, at] = ['', id]
    for (;;) {
      const frame = byId.get(at)?.callFrame
      const parent = parents.get(at)
      if (frame !== undefined && frame.url !== '')
        return {
          name: `${frame.functionName || '(anonymous)'}${native}`,
          file: fileOf(frame.url),
          line: frame.lineNumber + 1,
        }
      if (frame === undefined || parent === undefined || frame.functionName.startsWith('('))
        return { name: own?.functionName || '(native)', file: '', line: 0 }
      native = ` → native ${own?.functionName || 'code'}`
      at = parent
    }
  }
}

export function top(times: ReadonlyMap<string, number>, busy: number, count: number): string[] {
  const sorted = [...times].toSorted(([, a], [, b]) => b - a).slice(0, count)
  return sorted.map(([name, time]) => `  ${((100 * time) / busy).toFixed(1).padStart(5)} %  ${name}`)
}

/** Seen from the repository: a package by what stands behind the last `node_modules`. */
export function fileOf(url: string): string {
  const inside = url.split('/node_modules/').at(-1) ?? ''
  return inside === url ? (url.split(/\/(?=apps\/|packages\/)/).at(-1) ?? url) : inside
}

/** One of our own files, or a whole package. */
export const roomOf = (file: string): string =>
  /^(apps|packages|node:)/.test(file)
    ? file
    : file
        .split('/')
        .slice(0, file.startsWith('@') ? 2 : 1)
        .join('/')
