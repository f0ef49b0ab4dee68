import {
  fail,
  ok,
  RETURN_ID_FIELDS,
  readReturnObject,
  type Problem,
  type Result,
  type ShownScreen,
  type VerifyInput,
} from '@landfall/payment-core'
import type { Journey } from '../journey.ts'
import { receiveReturn } from '../receive/return.ts'
import { waitAtMost, refresh, show, viewerOf } from './show.ts'

/**
 * Answers the completion screen, which sends a return (the SPA's own `/complete`, or the SDK's callback on a PC) or only a view token. It updates
 * the record, waiting at most `verifyDeadlineMs`, and returns the screen.
 */
export async function verify(journey: Journey, input: VerifyInput): Promise<Result<ShownScreen, Problem>> {
  const token = input.token ?? null
  const { token: _, ...fields } = input
  const isReturn = Object.values(fields).some((value) => value !== null && value !== undefined)
  if (!isReturn) {
    if (token === null) return fail({ kind: 'bad_input', where: `${RETURN_ID_FIELDS} or token` })
    const viewer = await viewerOf(journey, token)
    if (!viewer.ok) return viewer
    await refresh(journey, viewer.value)
    return ok(await show(journey, viewer.value, token))
  }
  const received = await receiveReturn(journey, readReturnObject(fields), token)
  if (!received.ok) return received
  const { viewer, token: ownToken, accepted } = received.value
  if (accepted !== null) await waitAtMost(journey, accepted.firstTry)
  return ok(await show(journey, viewer, ownToken))
}
