import { isRehearsal, isServing } from './deployment-kind.ts'
import type { ValidVariables } from './environment.ts'
import { isKeyOf } from './merchant-keys.ts'

/** Refuses the secrets of `.env.example`, and the sandbox's, where others can reach the server. */
export function exampleRefusals(env: ValidVariables): string[] {
  if (!isServing(env)) return []
  const reasons: string[] = []
  const example = (name: string, found: boolean | undefined): void => {
    if (found === true) reasons.push(`${name} is the example from .env.example: make your own`)
  }
  example(
    'MERCHANT_API_KEYS',
    env.MERCHANT_API_KEYS?.some(({ isExample }) => isExample),
  )
  example('TOKEN_SECRET', env.TOKEN_SECRET?.some(isExampleSecret))
  if (env.NOTIFY_URL !== undefined) example('NOTIFY_SECRETS', env.NOTIFY_SECRETS?.some(isExampleSecret))
  // The sandbox accepts only the example credentials, so a local rehearsal must use them.
  if (!isRehearsal(env)) {
    example('PORTONE_V1_KEY', isSandboxs(env.PORTONE_V1_KEY))
    example('PORTONE_V1_SECRET', isSandboxs(env.PORTONE_V1_SECRET))
    example('PORTONE_V2_SECRET', isSandboxs(env.PORTONE_V2_SECRET))
    example('PORTONE_V2_WEBHOOK_SECRETS', env.PORTONE_V2_WEBHOOK_SECRETS?.some(isSandboxs))
  }
  return reasons
}

const isSandboxs = (value: string | undefined): boolean =>
  value !== undefined &&
  (/^sandbox(-v2)?(-secret)?$/i.test(value) ||
    decodedSecret(value).startsWith('sandbox ') ||
    isExampleSecret(value))

const decodedSecret = (secret: string): string =>
  Buffer.from(secret.replace(/^whsec_/, ''), 'base64').toString('latin1')

const isExampleSecret = (secret: string): boolean =>
  /example/i.test(secret) || /example/i.test(decodedSecret(secret))

/** Refuses duplicate secrets, and secrets with two purposes: a leak of one would be a leak of both. */
export function secretRefusals(env: ValidVariables): string[] {
  const reasons: string[] = []
  const { MERCHANT_API_KEYS: keys = [], TOKEN_SECRET = [], NOTIFY_SECRETS = [] } = env
  const v1 = [env.PORTONE_V1_KEY, env.PORTONE_V1_SECRET].filter((value) => value !== undefined)
  const { PORTONE_V2_SECRET: v2, PORTONE_V2_WEBHOOK_SECRETS: webhook = [] } = env
  for (const [name, values] of [
    ['MERCHANT_API_KEYS', keys.map(({ digest }) => digest)],
    ['TOKEN_SECRET', TOKEN_SECRET],
    ['NOTIFY_SECRETS', NOTIFY_SECRETS],
    ['PORTONE_V2_WEBHOOK_SECRETS', webhook],
  ] as const)
    if (new Set(values).size < values.length) reasons.push(`${name} lists the same value twice`)
  if (!isServing(env)) return reasons
  const gateways = {
    'PORTONE_V1_KEY or PORTONE_V1_SECRET': v1,
    PORTONE_V2_SECRET: v2 === undefined ? [] : [v2],
    PORTONE_V2_WEBHOOK_SECRETS: webhook,
  }
  for (const [name, values] of Object.entries({ TOKEN_SECRET, NOTIFY_SECRETS, ...gateways }))
    if (values.some((value) => keys.some((key) => isKeyOf(key, value))))
      reasons.push(`MERCHANT_API_KEYS and ${name} share a value: each needs its own`)
  if (TOKEN_SECRET.some((value) => NOTIFY_SECRETS.includes(value)))
    reasons.push('TOKEN_SECRET and NOTIFY_SECRETS share a value: each needs its own')
  for (const [name, values] of Object.entries(gateways))
    if (values.some((value) => TOKEN_SECRET.includes(value) || NOTIFY_SECRETS.includes(value)))
      reasons.push(`${name} is also a secret of this server: each needs its own`)
  if (new Set(v1).size < v1.length && !isRehearsal(env))
    reasons.push('PORTONE_V1_SECRET is the same value as PORTONE_V1_KEY: one of them is wrong')
  return reasons
}
