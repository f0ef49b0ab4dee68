import type { z } from 'zod'

/** The fields, also those of objects inside it, without which a value is still taken. */
export function spared(schema: z.ZodType, value: object): string[] {
  return pathsIn(value).filter((path) => schema.safeParse(without(value, path.split('.'))).success)
}

function pathsIn(value: object): string[] {
  return Object.entries(value).flatMap(([field, held]: [string, unknown]) => [
    field,
    ...(isObject(held) ? pathsIn(held).map((path) => `${field}.${path}`) : []),
  ])
}

function without(value: object, [field = '', ...rest]: readonly string[]): unknown {
  const fields = Object.entries(value).flatMap(([name, held]: [string, unknown]) => {
    if (name !== field) return [[name, held] as const]
    return rest.length > 0 && isObject(held) ? [[name, without(held, rest)] as const] : []
  })
  return Array.isArray(value) ? fields.map(([, held]) => held) : Object.fromEntries(fields)
}

const isObject = (value: unknown): value is object => typeof value === 'object' && value !== null
