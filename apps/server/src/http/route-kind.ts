import type { limits } from '../config/limits.ts'

/** Each kind has its own places and rates, so that a flood of one kind leaves the others alone. `probe` has no limit. */
export type RouteKind = 'probe' | keyof typeof limits.placesMax

/** What a path asks for; `calls` counts the procedures of a batch (D-08). */
export type RequestTarget = { readonly kind: RouteKind; readonly calls: number }

const PROBES = new Set(['/healthz', '/readyz', '/metrics'])
const PUBLIC = /^(payments|shop)\./

/** Reads the kind of a request from its path. Repeated slashes do not change it. */
export function readTarget(given: string): RequestTarget {
  const path = given.includes('//') ? given.replaceAll(/\/{2,}/g, '/') : given
  if (PROBES.has(path)) return { kind: 'probe', calls: 1 }
  if (path.startsWith('/webhooks/')) return { kind: 'webhook', calls: 1 }
  if (path === '/' || /^\/(complete|result|docs|openapi\.json$)/.test(path)) return { kind: 'page', calls: 1 }
  if (path.startsWith('/v1/payments/')) return { kind: 'call', calls: 1 }
  const names = callNames(path)
  const calls = names.filter((name) => PUBLIC.test(name)).length
  if (calls === 0) return { kind: 'other', calls: 1 }
  return { kind: names.includes('payments.watch') ? 'watch' : 'call', calls }
}

/** The names of the procedures that a path calls, decoded as tRPC decodes them; empty for another path. */
export function callNames(path: string): readonly string[] {
  const text = /^\/+trpc\/+(.*)$/.exec(path)?.[1]
  if (text === undefined) return []
  try {
    return decodeURIComponent(text).split(',')
  } catch {
    return [] // tRPC refuses the path
  }
}
