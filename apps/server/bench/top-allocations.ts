import { readFileSync } from 'node:fs'
import { z } from 'zod'
import { fileOf, roomOf, top } from './top-functions.ts'

const Node = z.object({
  callFrame: z.object({ functionName: z.string(), url: z.string(), lineNumber: z.number() }),
  selfSize: z.number(),
  get children() {
    return z.array(Node)
  },
})
const Held = z.object({
  memory: z.record(z.string(), z.number()),
  spaces: z.array(z.object({ name: z.string(), committed: z.number(), used: z.number() })),
})
const Profile = z.object({ head: Node, held: z.object({ before: Held, swept: Held }) })
type Node = z.infer<typeof Node>

const FUNCTIONS_TOLD = 15
const FILES_TOLD = 12
const SPACES_TOLD = 5
const mib = (bytes: number): string => `${(bytes / 2 ** 20).toFixed(1)} MiB`

/** Who allocated what the measured phase allocated, dead or alive, and what the process held at its end. */
export function topAllocations(path: string): string {
  const { head, held } = Profile.parse(JSON.parse(readFileSync(path, 'utf8')))
  const functions = new Map<string, number>()
  const files = new Map<string, number>()
  let all = 0
  const add = ({ callFrame, selfSize, children }: Node, caller: string, callerFile: string): void => {
    const isNative = callFrame.url === ''
    const file = isNative ? callerFile : fileOf(callFrame.url)
    const name = isNative
      ? caller || callFrame.functionName
      : `${callFrame.functionName || '(anonymous)'} ${file}:${callFrame.lineNumber + 1}`
    all += selfSize
    functions.set(name, (functions.get(name) ?? 0) + selfSize)
    files.set(roomOf(file) || name, (files.get(roomOf(file) || name) ?? 0) + selfSize)
    for (const child of children) add(child, name, file)
  }
  add(head, '', '')
  return [
    `${mib(all)} allocated in samples; shares of that`,
    ...top(functions, all, FUNCTIONS_TOLD),
    'by file or package',
    ...top(files, all, FILES_TOLD),
    'held at the end → after everything dead was swept',
    ...spacesOf(held.before, held.swept),
  ].join('\n')
}

function spacesOf(before: z.infer<typeof Held>, swept: z.infer<typeof Held>): string[] {
  const memory = Object.entries(before.memory).map(
    ([name, bytes]) => `  ${name}: ${mib(bytes)} → ${mib(swept.memory[name] ?? 0)}`,
  )
  const spaces = before.spaces
    .toSorted((a, b) => b.committed - a.committed)
    .slice(0, SPACES_TOLD)
    .map(({ name, committed, used }) => {
      const after = swept.spaces.find((each) => each.name === name)
      return `  ${name}: ${mib(used)} of ${mib(committed)} used → ${mib(after?.used ?? 0)} of ${mib(after?.committed ?? 0)}`
    })
  return [...memory, ...spaces]
}
