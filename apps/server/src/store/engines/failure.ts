/** What a driver's failure says of itself; the code is empty where it has none. */
export const codeOf = (error: unknown): string =>
  error !== null && typeof error === 'object' && 'code' in error ? String(error.code) : ''
export const messageOf = (error: unknown): string => (error instanceof Error ? error.message : String(error))
