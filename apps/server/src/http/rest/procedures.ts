import { z } from 'zod'
import type { Who } from '../requests.ts'
import { routerFor } from '../trpc/router.ts'
import { rows, type RestProcedure } from './rows.ts'

/** What tRPC keeps of a procedure. Every procedure of the REST API takes one input and answers by one schema. */
const Declared = z.object({
  type: z.enum(['query', 'mutation']),
  meta: z.object({ who: z.custom<Who>((value) => typeof value === 'string') }),
  inputs: z.tuple([z.instanceof(z.ZodType)]),
  output: z.instanceof(z.ZodType),
})

/** What a procedure declares: the type of its call, its callers, its input and its answer. */
export type Declaration = {
  readonly type: 'query' | 'mutation'
  readonly who: Who
  readonly input: z.ZodType
  readonly output: z.ZodType
}

export const router = routerFor(false)

const procedures = new Map(Object.entries<object>({ ...router._def.procedures }))

function declarationOf(procedure: RestProcedure): Declaration {
  const { type, meta, inputs, output } = Declared.parse(Reflect.get(procedures.get(procedure) ?? {}, '_def'))
  return { type, who: meta.who, input: inputs[0], output }
}

export const declarations: ReadonlyMap<RestProcedure, Declaration> = new Map(
  rows.map(({ procedure }) => [procedure, declarationOf(procedure)]),
)
