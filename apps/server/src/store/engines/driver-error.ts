/** The code and the message of a driver's error. The code is empty when the error has none. */
export const codeOf = (error: unknown): string =>
  error !== null && typeof error === 'object' && 'code' in error ? String(error.code) : ''
export const messageOf = (error: unknown): string => (error instanceof Error ? error.message : String(error))
