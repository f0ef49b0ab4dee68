import { expect, test } from 'vitest'
import { go } from '../../testing/network.ts'
import { startWorld } from '../../testing/world.ts'
import { canary } from '../../testing/written.ts'
import { DOCTOR_HEADER, doctorPass } from './doctor-pass.ts'

test('W-18: only the bearer of a pass is told how its request arrived', async () => {
  await using world = await startWorld({ env: { TRUSTED_PROXIES: '127.0.0.1' } })
  const nowMs = world.clock.nowMs()
  const asked = async (pass: string): Promise<unknown> => {
    const headers = {
      [DOCTOR_HEADER]: pass,
      'content-type': 'application/json',
      'x-forwarded-for': '192.0.2.1, 198.51.100.7',
    }
    return (await go(`${world.url}/webhooks/portone`, { method: 'POST', headers, body: '{}' })).json()
  }
  const good = doctorPass(canary('older token secret'), nowMs)
  expect(await asked(good)).toEqual({
    status: 'doctor',
    seen: {
      peer: '127.0.0.1',
      isTrusted: true,
      forwardedFor: '192.0.2.1, 198.51.100.7',
      client: '198.51.100.7',
      hasAuthorization: false,
    },
  })
  const forged = doctorPass('a secret of somebody else that is long', nowMs)
  const ended = doctorPass(canary('token secret'), nowMs - 86_400_001)
  const stretched = good.replace(/^\d/, '9')
  for (const pass of [forged, ended, stretched, 'x', '', '.', `${nowMs}9.`])
    expect(await asked(pass)).toMatchObject({ kind: 'bad_input' })
})
