// The arrows of ARCHITECTURE.md, as rules over what the sources say. A pure function: tests feed it bad sources too.

import { posix } from 'node:path'
import { readSource } from './source.ts'
import type { HabitKind } from './habits.ts'
import type { Import, Source, SourceText } from './source.ts'

export const rooms = [
  'packages/payment-core',
  'packages/gateway-sandbox',
  'packages/client',
  'apps/server',
  'apps/web',
] as const
export type Room = (typeof rooms)[number] | 'outside'

export type Violation = { rule: string; where: string; seen: string }
export type Reading = { violations: Violation[]; files: Record<Room, number>; edges: number }

/** An import with both ends known. `target` is a path in the repository, or null for an outside package. */
type Edge = Import & { from: string; target: string | null }

/** The front doors: what a workspace name stands for. Any other path below the name is a way round the door. */
const doors: Record<string, string> = {
  '@landfall/payment-core': 'packages/payment-core/src/index.ts',
  '@landfall/payment-core/minor-digits': 'packages/payment-core/src/money/minor-digits.ts',
  '@landfall/payment-core/story-words': 'packages/payment-core/src/story/story-words.ts',
  '@landfall/gateway-sandbox': 'packages/gateway-sandbox/src/start.ts',
  '@landfall/client': 'packages/client/src/index.ts',
  '@landfall/client/express': 'packages/client/src/express.ts',
  '@landfall/client/hono': 'packages/client/src/hono.ts',
  '@landfall/client/next': 'packages/client/src/next.ts',
  '@landfall/server/router': 'apps/server/src/http/trpc/router.ts',
}

export function checkRooms(sources: readonly SourceText[]): Reading {
  const read = sources.map(readSource)
  const known = new Set(sources.map((source) => source.path))
  const edges = read.flatMap((source) => edgesOf(source, known))
  const files: Record<Room, number> = {
    'packages/payment-core': 0,
    'packages/gateway-sandbox': 0,
    'packages/client': 0,
    'apps/server': 0,
    'apps/web': 0,
    outside: 0,
  }
  for (const source of read) files[roomOf(source.path)]++
  const violations = [
    ...edges.flatMap((edge) =>
      edgeRules
        .filter((rule) => rule.broken(edge))
        .map((rule) => ({ rule: rule.name, where: `${edge.from}:${edge.line}`, seen: edge.specifier })),
    ),
    ...read.flatMap(habitViolations),
    ...read.flatMap((source) => nameViolations(source.path)),
    ...seesBoth(edges),
  ]
  return {
    violations,
    files,
    edges: edges.filter(({ target }) => target !== null && known.has(target)).length,
  }
}

export function roomOf(path: string): Room {
  return rooms.find((room) => path.startsWith(`${room}/`)) ?? 'outside'
}

/** Tests, and the programs that stand around the product: benchmarks, simulations, browser tests, test worlds, tool settings. */
function isAround(path: string): boolean {
  return (
    /\.(?:test|contract|e2e|config)\.[mc]?tsx?$/.test(path) ||
    /\/(?:e2e|bench|verification|testing)\//.test(path)
  )
}

function edgesOf(source: Source, known: ReadonlySet<string>): Edge[] {
  return source.imports.map((found) => {
    const target = targetOf(source.path, found.specifier)
    const written = ['', '.ts', '.tsx', '/index.ts'].map((ending) => `${target}${ending}`)
    return { ...found, from: source.path, target: written.find((path) => known.has(path)) ?? target }
  })
}

function targetOf(from: string, specifier: string): string | null {
  const bare = specifier.replace(/[?#].*$/, '')
  if (bare.startsWith('.')) return posix.join(posix.dirname(from), bare)
  const door = doors[bare]
  if (door !== undefined) return door
  const inside = /^@landfall\/(payment-core|gateway-sandbox|client|server|web)(?:\/|$)/.exec(bare)?.[1]
  return rooms.find((room) => room.endsWith(`/${inside}`)) ?? null
}

type EdgeRule = { name: string; broken: (edge: Edge) => boolean }

const within = (folder: string, path: string | null): boolean =>
  path !== null && path.startsWith(`${folder}/`)
const server = 'apps/server/src'
const isServerSource = (edge: Edge): boolean => within(server, edge.from) && !isAround(edge.from)
const goesTo = (edge: Edge, room: Room): boolean =>
  edge.target !== null && (edge.target === room || within(room, edge.target)) && roomOf(edge.from) !== room

/** Inside the server, whom each folder or file may not know. The order of the arrows, read backwards. */
const strangers: [who: string, unknown: string[]][] = [
  ['store', ['gateway', 'journey', 'http', 'commands', 'main.ts']],
  ['gateway', ['store', 'journey', 'http', 'commands', 'main.ts']],
  ['journey', ['http', 'commands', 'main.ts']],
  ['http/trpc', ['http/app.ts', 'main.ts']],
  ['http', ['commands', 'main.ts']],
  ['http/page.ts', ['journey', 'http/trpc', 'http/app.ts']],
  ['log', ['gateway', 'journey', 'http', 'commands', 'config', 'main.ts']],
  ['config', ['store', 'gateway', 'journey', 'http', 'commands', 'deps.ts', 'main.ts']],
  ['deps.ts', ['journey', 'http', 'commands', 'main.ts']],
]
const isIn = (name: string, path: string | null): boolean =>
  path === `${server}/${name}` || within(`${server}/${name}`, path)

const edgeRules: EdgeRule[] = [
  {
    name: 'payment-core imports zod and its own files only',
    broken: ({ from, specifier, target }) =>
      within('packages/payment-core/src', from) &&
      !isAround(from) &&
      specifier !== 'zod' &&
      !within('packages/payment-core/src', target),
  },
  {
    name: 'payment-core imports no other room',
    broken: (edge) =>
      roomOf(edge.from) === 'packages/payment-core' &&
      edge.target !== null &&
      roomOf(edge.target) !== roomOf(edge.from),
  },
  {
    name: 'a room is entered through its front door',
    broken: (edge) => {
      if (edge.target === null || roomOf(edge.from) === roomOf(`${edge.target}/`)) return false
      const entered = roomOf(`${edge.target}/`)
      return entered !== 'outside' && doors[edge.specifier] === undefined
    },
  },
  {
    name: 'what a shop installs imports no room',
    broken: (edge) =>
      within('packages/client/src', edge.from) &&
      !isAround(edge.from) &&
      edge.target !== null &&
      roomOf(edge.target) !== 'packages/client',
  },
  {
    name: 'only tests and benchmarks of the server and the web import the sandbox',
    broken: (edge) => goesTo(edge, 'packages/gateway-sandbox') && !isAround(edge.from),
  },
  {
    name: 'nothing imports an app, but the web the type of the router',
    broken: (edge) =>
      goesTo(edge, 'apps/web') ||
      (goesTo(edge, 'apps/server') && !(roomOf(edge.from) === 'apps/web' && edge.typeOnly)),
  },
  {
    name: 'inside the server the arrows point one way',
    broken: (edge) =>
      isServerSource(edge) &&
      strangers.some(
        ([who, unknown]) => isIn(who, edge.from) && unknown.some((name) => isIn(name, edge.target)),
      ),
  },
]

/** Only reconcile.ts uses both the store and the gateway; deps.ts and main.ts put them together. Types are free. */
function seesBoth(edges: Edge[]): Violation[] {
  const allowed = new Set(
    ['journey/reconcile/reconcile.ts', 'deps.ts', 'main.ts'].map((name) => `${server}/${name}`),
  )
  const values = edges.filter((edge) => isServerSource(edge) && !edge.typeOnly && !allowed.has(edge.from))
  const seeing = (folder: string): Set<string> =>
    new Set(values.filter((edge) => isIn(folder, edge.target)).map((edge) => edge.from))
  const gateway = seeing('gateway')
  return [...seeing('store')]
    .filter((path) => gateway.has(path))
    .map((path) => ({
      rule: 'only reconcile.ts sees both store and gateway',
      where: path,
      seen: 'store/, gateway/',
    }))
}

function nameViolations(path: string): Violation[] {
  const vague = path.split('/').filter((part) => /^(?:utils?|helpers?|common|shared)(?:\.|$)/i.test(part))
  return vague.map((seen) => ({ rule: 'shared means it has a name', where: path, seen }))
}

const habitRules: Record<HabitKind, { rule: string; allowed: (path: string) => boolean }> = {
  swallows_error: { rule: 'catch only where there is something to do', allowed: () => false },
  skips_test: { rule: 'every test runs every time', allowed: (path) => !isAround(path) },
  silences_linter: { rule: 'no comment switches a check off', allowed: () => false },
  unreadable: { rule: 'every source parses', allowed: () => false },
}

function habitViolations(source: Source): Violation[] {
  return source.habits
    .filter(({ kind }) => !habitRules[kind].allowed(source.path))
    .map(({ kind, line, seen }) => ({ rule: habitRules[kind].rule, where: `${source.path}:${line}`, seen }))
}
