import { z } from 'zod'
import { isLoopback } from './loopback.ts'
import { copied, webAddress, words } from './variable-kinds.ts'

const webhookSecretForm =
  'needs secrets like whsec_<base64 of 24 bytes or more>, as the PortOne console shows'

/** The gateway's variables. Either protocol is configured, or both. */
export const gatewayVariables = {
  PORTONE_V1_URL: webAddress.default('https://api.iamport.kr'),
  PORTONE_V1_KEY: copied('').optional(),
  PORTONE_V1_SECRET: copied('').optional(),
  PORTONE_V1_USER_CODE: copied('the shop’s code').default('imp00000000'),
  PORTONE_V1_SDK_URL: webAddress.default('https://cdn.iamport.kr/v1/iamport.js'),
  PORTONE_V2_URL: webAddress.default('https://api.portone.io'),
  PORTONE_V2_SECRET: copied('').optional(),
  PORTONE_V2_STORE_ID: copied('').optional(),
  PORTONE_V2_CHANNEL_KEY: copied('').optional(),
  PORTONE_V2_WEBHOOK_SECRETS: words('')
    .pipe(z.array(z.string().regex(/^whsec_[A-Za-z0-9+/]{32,}={0,2}$/, webhookSecretForm)))
    .optional(),
}

const GatewayVariables = z.object(gatewayVariables)
type GatewayVariables = z.output<typeof GatewayVariables>
/** Those that are valid although others are not. */
type ValidGatewayVariables = { readonly [K in keyof GatewayVariables]?: GatewayVariables[K] | undefined }

/** What each protocol needs, once one of its variables is set. */
const needed = {
  'portone-v1': {
    PORTONE_V1_KEY: 'the REST API key from the PortOne console',
    PORTONE_V1_SECRET: 'the REST API secret from the PortOne console',
  },
  'portone-v2': {
    PORTONE_V2_SECRET: 'the V2 API secret from the PortOne console',
    PORTONE_V2_STORE_ID: 'the store’s id from the PortOne console, store-…',
    PORTONE_V2_WEBHOOK_SECRETS: 'the secrets that sign V2’s webhooks, from the PortOne console',
  },
} as const

const choosing = {
  'portone-v1': ['PORTONE_V1_KEY', 'PORTONE_V1_SECRET'],
  'portone-v2': [
    'PORTONE_V2_SECRET',
    'PORTONE_V2_STORE_ID',
    'PORTONE_V2_CHANNEL_KEY',
    'PORTONE_V2_WEBHOOK_SECRETS',
  ],
} as const

const isChosen = (
  env: ValidGatewayVariables,
  protocol: keyof typeof choosing,
  unread: ReadonlySet<string>,
): boolean => choosing[protocol].some((name) => env[name] !== undefined || unread.has(name))

/** The reasons to refuse a start that concern the gateway's variables alone. */
export function gatewayRefusals(env: ValidGatewayVariables, unread: ReadonlySet<string>): string[] {
  const v1 = isChosen(env, 'portone-v1', unread)
  const v2 = isChosen(env, 'portone-v2', unread)
  // Most shops that set nothing forgot V1's, which earlier versions demanded.
  const required = [...(v1 || !v2 ? [needed['portone-v1']] : []), ...(v2 ? [needed['portone-v2']] : [])]
  const missing = required
    .flatMap((each) => Object.entries(each))
    .filter(([name]) => !unread.has(name) && isEmpty(env, name))
    .map(([name, what]) => `${name} is missing: ${what}`)
  const { PORTONE_V1_URL: url, PORTONE_V2_URL: urlV2 } = env
  const isMixed =
    v1 && v2 && url !== undefined && urlV2 !== undefined && isLoopback(url) !== isLoopback(urlV2)
  return isMixed
    ? [...missing, 'PORTONE_V1_URL and PORTONE_V2_URL: one is a sandbox on loopback, and the other is not']
    : missing
}

function isEmpty(env: ValidGatewayVariables, name: string): boolean {
  const value: unknown = Object.entries(env).find(([each]) => each === name)?.[1]
  return value === undefined || (Array.isArray(value) && value.length === 0)
}

/** The address of a configured gateway on loopback by its variable; null without one. */
export function sandboxAddress(env: ValidGatewayVariables): 'PORTONE_V1_URL' | 'PORTONE_V2_URL' | null {
  if (env.PORTONE_V1_URL !== undefined && isLoopback(env.PORTONE_V1_URL)) return 'PORTONE_V1_URL'
  return env.PORTONE_V2_URL !== undefined && isLoopback(env.PORTONE_V2_URL) ? 'PORTONE_V2_URL' : null
}

export type GatewaySettings = ReturnType<typeof gatewaySettingsFrom>

/** The settings of each protocol; null for one that is not configured. */
export const gatewaySettingsFrom = (env: GatewayVariables) => ({
  'portone-v1':
    env.PORTONE_V1_KEY === undefined || env.PORTONE_V1_SECRET === undefined
      ? null
      : {
          url: env.PORTONE_V1_URL,
          key: env.PORTONE_V1_KEY,
          secret: env.PORTONE_V1_SECRET,
          userCode: env.PORTONE_V1_USER_CODE,
          sdkUrl: env.PORTONE_V1_SDK_URL,
        },
  'portone-v2':
    env.PORTONE_V2_SECRET === undefined || env.PORTONE_V2_STORE_ID === undefined
      ? null
      : {
          url: env.PORTONE_V2_URL,
          secret: env.PORTONE_V2_SECRET,
          storeId: env.PORTONE_V2_STORE_ID,
          /** For the demo shop, whose page opens the windows. */
          channelKey: env.PORTONE_V2_CHANNEL_KEY ?? null,
        },
})
