/** A rate limit: `perSecond` on average, and `burst` at once. */
export type RateLimit = { readonly perSecond: number; readonly burst: number }

/**
 * The limits of one request, one address and the whole server, with units. Beyond a limit the answer is a 4xx, or a 503
 * with Retry-After, and the request has no effect. docs/operations.md explains each limit.
 */
export const limits = {
  /** One request. */
  bodyBytesMax: 64 * 1024,
  queryCharactersMax: 8_192,
  parametersMax: 100,
  headersBytesMax: 16 * 1024,
  jsonDepthMax: 32,
  /** Procedure calls in one HTTP request (O-09). */
  batchCallsMax: 20,

  /** One socket (D-03). The longest pause between two requests is `KEEP_ALIVE_MS`. */
  headersTimeoutMs: 10_000,
  requestTimeoutMs: 20_000,
  /** How often slow sockets are detected. Node's default of 30 s would turn a limit of 10 s into 40 s. */
  slowCheckEveryMs: 1_000,
  requestsPerSocketMax: 10_000,
  /** Beyond the limit, the socket that has waited longest for a request is closed. */
  connectionsMax: 8_192,
  /**
   * Connections that the system completes before this process takes them. Node's default of 511 overflows while the event
   * loop is busy, and a customer's browser then tries again only after a second, three and seven (D-06). The system may
   * lower it (`net.core.somaxconn`).
   */
  backlog: 4_096,

  /**
   * Bodies that are still arriving (D-06). Beyond a number, the oldest slow ones are cut off. An honest body arrives within
   * milliseconds.
   */
  bodyTimeoutMs: 5_000,
  bodySlowAfterMs: 500,
  bodiesPerAddressMax: 64,
  bodiesOfKindMax: 1_024,
  bodiesBytesMax: 16 * 1024 * 1024,

  /** Requests being answered, by kind of route. A request counts once its body is in. */
  placesMax: { webhook: 1_024, page: 2_048, call: 2_048, watch: 2_000, other: 1_024 },
  /** The part of a kind's places for callers without an order's own link, and the part for one address of them. */
  strangersPart: 0.75,
  addressPart: 0.1,
  /** Event loop delay beyond which webhooks, callers without an own link, and all callers are refused. */
  webhooksLagMsMax: 500,
  strangersLagMsMax: 500,
  requestsLagMsMax: 3_000,
  retryAfterSeconds: 5,
  /** Addresses with a rate-limit counter. Beyond the limit, the least recently seen is dropped. */
  addressesMax: 20_000,
  /** Requests with one order's own link that are served although their address is over its limits (D-07). */
  ownLink: { perSecond: 5, burst: 50 },

  /** Stored claims about unknown orders and payments, for webhooks and returns each: bounds their share of the disk. */
  unknownClaims: { perSecond: 300, burst: 1_000 },
  /** Look-ups that requests start at once, concurrently. The work loop makes the others. */
  firstTriesMax: 256,
  strangersFirstTriesMax: 32,
  /**
   * The most different claims about one order within `crowdMs` that are stored one by one. Further ones become a single
   * claim to look up the order.
   */
  claimsPerOrderMax: 8,
  crowdMs: 600_000,
  /** The shortest interval between look-ups for the same claim, and for the claim that replaces a crowd. */
  sameClaimEveryMs: 1_000,
  crowdEveryMs: 2_000,
} as const
export type Limits = typeof limits
