import {
  fail,
  ok,
  ReturnFields,
  type Problem,
  type Result,
  type ShownScreen,
  type VerifyInput,
} from '@landfall/payment-core'
import type { Journey } from '../journey.ts'
import { land } from '../receive/return.ts'
import { atMost, refresh, show, viewerOf } from './show.ts'

/**
 * The completion screen's question: a return as the browser has it (the SPA's own `/complete`, or the SDK's callback on a PC), or just a
 * view token. Either way the record is brought up to date, for at most as long as a customer would wait, and shown.
 */
export async function verify(journey: Journey, input: VerifyInput): Promise<Result<ShownScreen, Problem>> {
  const token = input.token ?? null
  const fields = ReturnFields.parse(input)
  const claims = Object.values(fields).some((value) => value !== null && value !== undefined)
  if (!claims) {
    if (token === null) return fail({ kind: 'bad_input', where: 'imp_uid, merchant_uid or token' })
    const viewer = await viewerOf(journey, token)
    if (!viewer.ok) return viewer
    await refresh(journey, viewer.value)
    return ok(await show(journey, viewer.value, token))
  }
  const landed = await land(journey, fields, token)
  if (!landed.ok) return landed
  if (landed.value.accepted !== null) await atMost(journey, landed.value.accepted.firstTry)
  return ok(await show(journey, landed.value.viewer, landed.value.token))
}
