import type { admission, Admittance } from './admission.ts'
import type { RouteAnswer } from './answer.ts'
import { faultOf } from './fault.ts'
import { protection } from './headers.ts'
import type { Journey } from '../journey/journey.ts'
import { isForPage, notAllowedOf, refusalOf, type RouteRow } from './requests.ts'

/** What comes to a door: off a socket in production, as a `Request` where there is none (`front-door.ts`, `app.ts`). */
export type RouteRequest = {
  readonly method: string
  /** As it stands in the request line, up to the question mark. */
  readonly path: string
  /** What follows it. */
  readonly query: string
  /** The socket's other end; empty where there is none. */
  readonly peer: string
  readonly header: (name: string) => string | undefined
  /** The whole body; null as soon as it is known to be longer than `bytesMax`. Throws when it breaks off. */
  readonly body: (bytesMax: number) => Promise<Uint8Array | null>
  /** The caller is gone, and its body with it. */
  readonly hasHungUp: () => boolean
}

/** One request on its way through a door. */
export type Passage = {
  /** Its name in the log. */
  readonly requestId: string
}

/** A row of the table that is answered here, without the framework: a return or a webhook comes thousands of times a second (decision 0008). */
export type Door = RouteRow & {
  readonly answer: (journey: Journey, asked: RouteRequest, passage: Passage) => Promise<RouteAnswer>
}

/** Takes whatever comes to an address with a door; null for any other address. */
export type Enter = (asked: RouteRequest) => Promise<RouteAnswer> | null

type ParameterPlace = {
  readonly path: string
  readonly pattern: RegExp
  readonly doors: ReadonlyMap<string, Door>
  readonly methods: readonly string[]
}

/** The way in: named, let in or turned away, answered, told of in one line, and protected like every other answer. */
export function openDoors(
  journey: Journey,
  doors: readonly Door[],
  admit: ReturnType<typeof admission>,
): Enter {
  const { clock, config, log, random } = journey.deps
  const places = placesOf(doors)
  const guard = protection(config)
  const pass = async (place: ParameterPlace, asked: RouteRequest): Promise<RouteAnswer> => {
    const [requestId, startedAtMs] = [random.id(), clock.nowMs()]
    const { status, headers, body } = await answerOf(journey, place, asked, admit(asked), { requestId })
    const { path: route } = place
    log.info({ requestId, method: asked.method, route, status, ms: clock.nowMs() - startedAtMs }, 'request')
    return { status, headers: { ...guard, ...headers }, body }
  }
  return (asked) => {
    const place = places.find(({ pattern }) => pattern.test(asked.path))
    return place === undefined ? null : pass(place, asked)
  }
}

async function answerOf(
  journey: Journey,
  { doors, methods }: ParameterPlace,
  asked: RouteRequest,
  entry: Admittance,
  passage: Passage,
): Promise<RouteAnswer> {
  const isPage = isForPage(asked.header('accept'))
  if (entry.problem !== null) return refusalOf(isPage, entry.problem)
  try {
    const door = doors.get(asked.method)
    return await (door === undefined ? notAllowedOf(isPage, methods) : door.answer(journey, asked, passage))
  } catch (error) {
    const { requestId } = passage
    return faultOf(journey.deps.log, { error, requestId, isPage, hasHungUp: asked.hasHungUp() })
  } finally {
    entry.leave()
  }
}

function placesOf(doors: readonly Door[]): readonly ParameterPlace[] {
  return [...Map.groupBy(doors, ({ path }) => path)].map(([path, rows]) => ({
    path,
    pattern: patternOf(path),
    doors: new Map(rows.map((row) => [row.method, row])),
    methods: rows.map(({ method }) => method).toSorted(),
  }))
}

/**
 * Slashes may be doubled or trailing: senders put addresses together by hand (W-20). Behind a path that takes a token
 * anything may stand but more of its last word: what it is, `return-address.ts` reads.
 */
function patternOf(path: string): RegExp {
  const [own = '', token] = path.split('/:')
  const written = own.replaceAll('/', '/+')
  return new RegExp(token === undefined ? `^${written}/*$` : `^${written}(?![\\w.~-])`)
}
