/** Writes a time as V2 does: RFC 3339 with `Z`, without trailing zeros in the fraction (docs/gateway/portone-v2.md §6). */
export const isoTime = (seconds: number): string =>
  new Date(Math.round(seconds * 1000)).toISOString().replace(/\.?0*Z$/, 'Z')
