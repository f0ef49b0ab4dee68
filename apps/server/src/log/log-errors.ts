import { InvariantBroken } from '@landfall/payment-core'
import { ZodError } from 'zod'
import { StorageUnavailable } from '../store/engines/database.ts'

const CAUSES_MAX = 5
const FRAMES_MAX = 12
const ISSUES_MAX = 8
const NAME = /^\w{1,60}$/
/** Matches stack frames only, so that no other line of a stack, such as the message, is logged. */
const FRAME = /^ {4}at (?:[\w$.<>[\] #]{1,120} \()?(?:file:\/\/|node:|\/)[^\s()]{1,300}:\d+:\d+\)?$/

/** Matches the path of this checkout, up to `apps`, `packages` or `node_modules`. */
const CHECKOUT = /(?:file:\/\/)?\/[^\s()]*\/(node_modules|apps|packages)\//

/**
 * The logged part of an error: its name, code and stack frames, and those of its causes. The message only when it is
 * Landfall's own: a driver's message quotes row values, a parser's quotes its input, and undici's quotes an address
 * (P-03).
 */
export function loggedError(error: unknown, depth = 0): Record<string, unknown> {
  if (!(error instanceof Error)) return { type: typeof error }
  const own =
    error instanceof InvariantBroken || (error instanceof StorageUnavailable && error.cause === undefined)
  return {
    type: NAME.test(error.name) ? error.name : 'Error',
    ...('code' in error && NAME.test(String(error.code)) ? { code: String(error.code) } : {}),
    ...(own ? { message: error.message } : {}),
    ...(error instanceof ZodError ? { issues: error.issues.slice(0, ISSUES_MAX).map(formatIssue) } : {}),
    stack: framesOf(error),
    ...(error.cause === undefined || depth >= CAUSES_MAX
      ? {}
      : { cause: loggedError(error.cause, depth + 1) }),
  }
}

/** The field's path and the error code, without the value. */
function formatIssue({
  code,
  path,
}: {
  readonly code: string
  readonly path: readonly PropertyKey[]
}): string {
  const names = path.map((part) => (NAME.test(String(part)) ? String(part) : '?'))
  return `${names.join('.')}: ${code}`
}

function framesOf({ stack = '', message }: Error): string[] {
  const messageAt = stack.indexOf(message)
  const after = messageAt < 0 ? stack : stack.slice(messageAt + message.length)
  const frames = after.split('\n').filter((line) => FRAME.test(line))
  return frames.slice(0, FRAMES_MAX).map((line) => line.trim().replace(/^at /, '').replace(CHECKOUT, '$1/'))
}
