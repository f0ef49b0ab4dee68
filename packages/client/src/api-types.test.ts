import type * as core from '@landfall/payment-core'
import type { z } from 'zod'
import { expectTypeOf, test } from 'vitest'
import type * as written from './api-types.ts'

/** A type with a mark in place of each field that may be left out, which the schemas may allow to be undefined. */
type Marked<T> = T extends core.Personal
  ? string
  : T extends ReadonlyArray<infer E>
    ? Array<Marked<E>>
    : T extends object
      ? {
          [K in keyof T]-?:
            | Marked<Exclude<T[K], undefined>>
            | (object extends Pick<T, K> ? 'left out' : never)
        }
      : T
type Same<Written, Schema> = [Marked<Written>, Marked<Schema>] extends [Marked<Schema>, Marked<Written>]
  ? true
  : false

test('the types of the package are those of the schemas', () => {
  expectTypeOf<Same<written.RegisterInput, z.input<typeof core.RegisterInput>>>().toEqualTypeOf<true>()
  expectTypeOf<Same<written.ListInput, z.input<typeof core.ListInput>>>().toEqualTypeOf<true>()
  expectTypeOf<Same<written.RefundsInput, z.input<typeof core.RefundsInput>>>().toEqualTypeOf<true>()
  expectTypeOf<Same<written.CancelInput, z.input<typeof core.CancelInput>>>().toEqualTypeOf<true>()
  expectTypeOf<Same<written.CloseInput, z.input<typeof core.CloseInput>>>().toEqualTypeOf<true>()
  expectTypeOf<Same<written.ResolveInput, z.input<typeof core.ResolveInput>>>().toEqualTypeOf<true>()
  expectTypeOf<Same<written.NoticesInput, z.input<typeof core.NoticesInput>>>().toEqualTypeOf<true>()
  expectTypeOf<Same<written.ReplayInput, z.input<typeof core.ReplayInput>>>().toEqualTypeOf<true>()
  expectTypeOf<Same<written.VerifyInput, z.input<typeof core.VerifyInput>>>().toEqualTypeOf<true>()
  expectTypeOf<Same<written.NoticeBody, core.NoticeBody>>().toEqualTypeOf<true>()
  expectTypeOf<Same<written.RegisterAnswer, core.RegisterAnswer>>().toEqualTypeOf<true>()
  expectTypeOf<Same<written.OrderView, core.OrderView>>().toEqualTypeOf<true>()
  expectTypeOf<Same<written.OrderList, core.OrderList>>().toEqualTypeOf<true>()
  expectTypeOf<Same<written.CancelAnswer, core.CancelAnswer>>().toEqualTypeOf<true>()
  expectTypeOf<Same<written.RefundList, core.RefundList>>().toEqualTypeOf<true>()
  expectTypeOf<Same<written.ResolveAnswer, core.ResolveAnswer>>().toEqualTypeOf<true>()
  expectTypeOf<Same<written.Story, core.Story>>().toEqualTypeOf<true>()
  expectTypeOf<Same<written.NoticeList, core.NoticeList>>().toEqualTypeOf<true>()
  expectTypeOf<Same<written.ReplayAnswer, core.ReplayAnswer>>().toEqualTypeOf<true>()
  expectTypeOf<Same<written.ShownScreen, core.ShownScreen>>().toEqualTypeOf<true>()
})
