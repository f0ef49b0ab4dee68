import { KeyScope } from '@landfall/payment-core'
import { base64url, SignJWT } from 'jose'
import { describe, expect, test } from 'vitest'
import { expected, inputOf, paidWorld, scopedKeys, tampered } from '../../../testing/paid-world.ts'
import { go, orderId } from '../../../testing/shopper.ts'
import { call, proceduresOf, refusalIn, type Procedure } from '../../../testing/procedures.ts'
import { everything } from '../../../testing/rows.ts'
import { merchantKey, startWorld, type World } from '../../../testing/world.ts'
import { viewTokens } from '../../journey/requests/view-token.ts'
import { appRouter, routerFor } from './router.ts'

describe('the table of procedures', () => {
  test('each declares who may call it and is in the table above', () => {
    const found = proceduresOf(appRouter).map(({ path, who }) => [path, who])
    expect(Object.fromEntries(found)).toEqual(
      Object.fromEntries(Object.entries(expected).map(([path, { who }]) => [path, who])),
    )
  })

  test('P-08: production has the same procedures except the demo shop’s', () => {
    const paths = (sandboxMode: boolean) => proceduresOf(routerFor(sandboxMode))
    expect(paths(true)).toEqual(proceduresOf(appRouter))
    expect(paths(false)).toEqual(paths(true).filter(({ who }) => who !== 'anyone, in sandbox mode'))
    expect(paths(false).length).toBe(14)
  })
})

const guardedBy = (who: Procedure['who']): readonly Procedure[] =>
  proceduresOf(appRouter).filter((each) => each.who === who)

/** The procedures that require a merchant key, each with its scope. */
const forKeys = () =>
  proceduresOf(appRouter).flatMap((each) => {
    const scope = KeyScope.options.find((one) => each.who === `merchant key: ${one}`)
    return scope === undefined ? [] : [{ ...each, scope }]
  })

describe('merchant key', () => {
  const key = merchantKey
  test('O-01, S-19: without it every procedure gives the same 401; nothing is changed, looked up or sent', async () => {
    await using world = await paidWorld()
    const before = await everything(world)
    expect(forKeys().length).toBe(11)
    const own: ReturnType<typeof tampered> = [
      ...tampered(key),
      ['a view token', { authorization: `Bearer ${world.token}` }],
    ]
    for (const procedure of forKeys())
      for (const [what, headers, query] of own) {
        const answer = await call(world.url, procedure, inputOf(procedure, world.reviewId), headers, query)
        expect([procedure.path, what, await refusalIn(answer)]).toEqual([
          procedure.path,
          what,
          refusalOf(procedure, 'unauthorized'),
        ])
      }
    expect(await everything(world)).toEqual(before)
  })

  test('O-01: it is checked before the input is read, so a refusal reveals nothing about the input', async () => {
    await using world = await startWorld()
    for (const procedure of forKeys())
      for (const input of [null, 'text', [], { orderId: '<script>' }, { amount: -1 }]) {
        const answer = await call(world.url, procedure, input)
        expect([procedure.path, answer.status]).toEqual([procedure.path, 401])
      }
  })

  test('control: with it the same inputs are answered and each mutation changes something', async () => {
    await using world = await paidWorld()
    for (const procedure of forKeys()) {
      const before = await everything(world)
      const answer = await call(world.url, procedure, inputOf(procedure, world.reviewId), {
        authorization: `Bearer ${key}`,
      })
      expect([procedure.path, answer.status]).toEqual([procedure.path, 200])
      const changed = JSON.stringify(await everything(world)) !== JSON.stringify(before)
      expect([procedure.path, changed]).toEqual([procedure.path, procedure.type === 'mutation'])
    }
  })

  const { keyOf, setting } = scopedKeys()

  test('S-19: a live key without the scope gets 403 with the scope’s name; nothing is changed, looked up or sent', async () => {
    await using world = await paidWorld({ MERCHANT_API_KEYS: setting })
    const before = await everything(world)
    for (const procedure of forKeys())
      for (const given of KeyScope.options.filter((scope) => scope !== procedure.scope))
        // A refused caller must not learn what is wrong with the input either.
        for (const input of [inputOf(procedure, world.reviewId), { orderId: '<script>' }]) {
          const headers = { authorization: `Bearer ${keyOf(given)}` }
          const answer = await call(world.url, procedure, input, headers)
          expect([procedure.path, given, await refusalIn(answer)]).toEqual([
            procedure.path,
            given,
            {
              status: 403,
              said: {
                error: {
                  code: -32_003,
                  message: `This merchant key lacks the scope ${procedure.scope}.`,
                  data: { code: 'FORBIDDEN', httpStatus: 403, path: procedure.path, kind: 'not_allowed' },
                },
              },
            },
          ])
        }
    expect(await everything(world)).toEqual(before)
  })

  test('the scope alone admits each call', async () => {
    await using world = await paidWorld({ MERCHANT_API_KEYS: setting })
    for (const procedure of forKeys()) {
      const headers = { authorization: `Bearer ${keyOf(procedure.scope)}` }
      const answer = await call(world.url, procedure, inputOf(procedure, world.reviewId), headers)
      expect([procedure.path, answer.status]).toEqual([procedure.path, 200])
    }
  })

  test('in a batch with an admitted call, a refused call stays refused', async () => {
    await using world = await paidWorld()
    const before = await everything(world)
    const input = JSON.stringify({ 1: { orderId } })
    const answer = await go(
      `${world.url}/trpc/payments.screen,orders.get?batch=1&input=${encodeURIComponent(input)}`,
      { headers: { authorization: `Bearer ${world.token}` } },
    )
    expect([answer.status, await answer.json()]).toMatchObject([
      207,
      [{ result: { data: { kind: 'paid' } } }, { error: { data: { kind: 'unauthorized' } } }],
    ])
    expect(await everything(world)).toEqual(before)
  })
})

describe('view token', () => {
  /** Tokens that are invalid or expired. */
  async function badTokens(world: World, good: string): Promise<ReadonlyArray<readonly [string, string]>> {
    const { clock, config } = world
    const [header = '', payload = '', signature = ''] = good.split('.')
    const text = (value: unknown): string => base64url.encode(JSON.stringify(value))
    const claims = JSON.parse(new TextDecoder().decode(base64url.decode(payload)))
    const { kid } = JSON.parse(new TextDecoder().decode(base64url.decode(header)))
    const viewer = { scope: 'full', orderId, paymentId: null, sinceMs: clock.nowMs() } as const
    const [tokens, foreign] = [
      viewTokens(() => config.secrets.tokenSecrets, clock),
      viewTokens(() => ['the token secret of another deployment'], clock),
    ]
    const key = new TextEncoder().encode(config.secrets.tokenSecrets[0])
    return [
      ['a word', 'x'],
      ['the order’s id', orderId],
      ['a merchant key', merchantKey],
      ['another payload', `${header}.${text({ ...claims, o: 'ord-2002' })}.${signature}`],
      ['a wider scope', `${header}.${text({ ...claims, s: 'full' })}x.${signature}`],
      ['a later end', `${header}.${text({ ...claims, exp: claims.exp + 1 })}.${signature}`],
      ['no signature', `${header}.${payload}.`],
      ['no algorithm', `${text({ alg: 'none', kid })}.${payload}.`],
      ['another algorithm', await new SignJWT(claims).setProtectedHeader({ alg: 'HS512', kid }).sign(key)],
      ['another deployment’s', await foreign.sign(viewer, clock.nowMs() + 60_000)],
      ['one that expired a second ago', await tokens.sign(viewer, clock.nowMs() - 1_000)],
      ['one that expires now', await tokens.sign(viewer, clock.nowMs())],
    ]
  }

  test('P-01, P-02, S-19: without a valid one every procedure gives the same 401; nothing is changed, looked up or sent', async () => {
    await using world = await paidWorld()
    const bad = await badTokens(world, world.token)
    const before = await everything(world)
    expect(guardedBy('view token').length).toBe(2)
    for (const procedure of guardedBy('view token'))
      for (const [what, token] of bad) {
        const answer = await call(world.url, procedure, {}, { authorization: `Bearer ${token}` })
        expect([procedure.path, what, await refusalIn(answer)]).toEqual([
          procedure.path,
          what,
          refusalOf(procedure, 'bad_view_token'),
        ])
      }
    expect(await everything(world)).toEqual(before)
    for (const procedure of guardedBy('view token'))
      expect((await call(world.url, procedure, {}, { authorization: `Bearer ${world.token}` })).status).toBe(
        200,
      )
  })

  test('P-09: a token in the address is refused, whatever stands in the header, and is not logged', async () => {
    await using world = await paidWorld()
    for (const procedure of guardedBy('view token'))
      for (const headers of [{}, { authorization: `Bearer ${world.token}` }]) {
        const answer = await call(world.url, procedure, { token: world.token }, headers)
        const { status, said } = await refusalIn(answer)
        expect([procedure.path, status, JSON.stringify(said)]).toEqual([
          procedure.path,
          400,
          expect.stringContaining('Authorization: Bearer'),
        ])
      }
    expect(world.logs.join('')).not.toContain(world.token)
  })

  test('P-09: a token in the body of a call opens the screen', async () => {
    await using world = await paidWorld()
    const headers = { 'content-type': 'application/json' }
    const body = JSON.stringify({ token: world.token })
    const answer = await go(`${world.url}/trpc/payments.screen`, { method: 'POST', headers, body })
    expect(await answer.json()).toMatchObject({ result: { data: { kind: 'paid' } } })
  })

  test('R-17: a missing token or one of 10 kB is bad input and changes nothing', async () => {
    await using world = await startWorld()
    const before = await everything(world)
    for (const procedure of guardedBy('view token'))
      for (const input of [{}, { token: '' }, { token: 'a'.repeat(10_000) }, { token: [orderId] }]) {
        const answer = await call(world.url, procedure, input)
        const { status, said } = await refusalIn(answer)
        expect([procedure.path, status, JSON.stringify(said).length < 500]).toEqual([
          procedure.path,
          400,
          true,
        ])
      }
    expect(await everything(world)).toEqual(before)
  })
})

/** The complete answer to a refused caller. */
const refusalOf = ({ path }: Procedure, kind: 'unauthorized' | 'bad_view_token') => ({
  status: 401,
  said: {
    error: {
      code: -32_001,
      message:
        kind === 'unauthorized'
          ? 'Send a live merchant key: Authorization: Bearer <key>.'
          : 'This link has expired or is not ours.',
      data: { code: 'UNAUTHORIZED', httpStatus: 401, path, kind },
    },
  },
})
