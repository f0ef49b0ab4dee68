/** A rate: so many a second in the long run, and so many at once. */
export type RateLimit = { readonly perSecond: number; readonly burst: number }

/**
 * What one request, one address and all of them together may take, with units. Beyond a limit the answer is a 4xx, or a 503 that says when
 * to come again; nothing is taken in half (docs/operations.md says what each is for).
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

  /** One socket (D-03). */
  headersTimeoutMs: 10_000,
  requestTimeoutMs: 20_000,
  /** Between two requests. */
  idleTimeoutMs: 5_000,
  /** How often sockets are looked through for those that are too slow: Node's own 30 s would make 40 s of a limit of 10 s. */
  slowCheckEveryMs: 1_000,
  requestsPerSocketMax: 10_000,
  connectionsMax: 8_192,

  /** All requests that are being answered. The gateway sends a webhook again and the timer finds what it gives up; a customer is there once. */
  webhooksAtOnceMax: 1_024,
  requestsAtOnceMax: 4_096,
  webhooksLagMsMax: 500,
  requestsLagMsMax: 3_000,
  retryAfterSeconds: 5,
  /** Pages that are open and wait for news: they ask now and then instead when there is no room. */
  watchesMax: 2_000,
  watchesPerAddressMax: 200,
  /** Addresses whose pace is remembered; with more, those not seen for longest are forgotten. */
  addressesMax: 20_000,

  /** Claims that name nothing we know and are written down: what a disk can spare beside everything else. Webhooks and returns apart. */
  unknownClaims: { perSecond: 300, burst: 1_000 },
  /** Looks begun straight from the door, at once; the work loop takes the others. */
  firstTriesMax: 256,
  strangersFirstTriesMax: 32,
  /** Different claims about one order taken one by one within `crowdMs`; more of them are one claim: look at this order. */
  claimsPerOrderMax: 8,
  crowdMs: 600_000,
  /** The same claim, and the one that stands for a crowd, is followed at most this often. */
  sameClaimEveryMs: 1_000,
  crowdEveryMs: 2_000,
} as const
export type Limits = typeof limits
