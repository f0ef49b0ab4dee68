/** The credential of an `Authorization: Bearer …` header: a merchant key or a view token. Null without one. */
export const bearerIn = (authorization: string | null | undefined): string | null =>
  /^Bearer (\S+)$/.exec(authorization ?? '')?.[1] ?? null
