import { InvariantBroken } from '@landfall/payment-core'
import { ZodError } from 'zod'
import { StorageUnavailable } from '../store/engines/database.ts'

const CAUSES_MAX = 5
const FRAMES_MAX = 12
const ISSUES_MAX = 8
const NAME = /^\w{1,60}$/
/** A line of a stack: a place in a program. Nothing else that stands in a stack is one, whatever the message says. */
const FRAME = /^ {4}at (?:[\w$.<>[\] #]{1,120} \()?(?:file:\/\/|node:|\/)[^\s()]{1,300}:\d+:\d+\)?$/

/** What comes before the room or the package: where this checkout lies. */
const CHECKOUT = /(?:file:\/\/)?\/[^\s()]*\/(node_modules|apps|packages)\//

/**
 * What is told of an error: its name, its code, where it was thrown, and the same of its causes. Its message only when we have written it: a
 * driver's quotes the values of a row, a parser's its input, and undici's an address (P-03).
 */
export function errorTold(error: unknown, depth = 0): Record<string, unknown> {
  if (!(error instanceof Error)) return { type: typeof error }
  const own =
    error instanceof InvariantBroken || (error instanceof StorageUnavailable && error.cause === undefined)
  return {
    type: NAME.test(error.name) ? error.name : 'Error',
    ...('code' in error && NAME.test(String(error.code)) ? { code: String(error.code) } : {}),
    ...(own ? { message: error.message } : {}),
    ...(error instanceof ZodError ? { issues: error.issues.slice(0, ISSUES_MAX).map(issueTold) } : {}),
    stack: framesOf(error),
    ...(error.cause === undefined || depth >= CAUSES_MAX ? {} : { cause: errorTold(error.cause, depth + 1) }),
  }
}

/** Which field, and what is wrong with it; not what stood there. */
function issueTold({ code, path }: { readonly code: string; readonly path: readonly PropertyKey[] }): string {
  const names = path.map((part) => (NAME.test(String(part)) ? String(part) : '?'))
  return `${names.join('.')}: ${code}`
}

function framesOf({ stack = '', message }: Error): string[] {
  const messageAt = stack.indexOf(message)
  const after = messageAt < 0 ? stack : stack.slice(messageAt + message.length)
  const frames = after.split('\n').filter((line) => FRAME.test(line))
  return frames.slice(0, FRAMES_MAX).map((line) => line.trim().replace(/^at /, '').replace(CHECKOUT, '$1/'))
}
