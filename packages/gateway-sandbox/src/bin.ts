#!/usr/bin/env node
import { z } from 'zod'
import { inBackground } from './background.ts'
import { WebhookSecrets } from './control/bodies.ts'
import { DEFAULT_KEY, DEFAULT_SECRET, startSandbox } from './start.ts'
import { DEFAULT_STORE_ID, DEFAULT_V2_SECRET, DEFAULT_WEBHOOK_SECRET } from './v2/state.ts'

const USUAL_PORT = 4010

const Port = z.coerce.number().int().min(0).max(65_535)
const Words = z.string().min(1)
const Environment = z.object({
  SANDBOX_PORT: Port.default(USUAL_PORT).describe('port of V1'),
  // The next port may be another program's.
  SANDBOX_V2_PORT: Port.optional().describe('port of V2: 4011 beside 4010, and else a free one'),
  HOST: Words.default('127.0.0.1').describe('address of both'),
  PORTONE_V1_KEY: Words.default(DEFAULT_KEY).describe('V1’s key, which it accepts'),
  PORTONE_V1_SECRET: Words.default(DEFAULT_SECRET).describe('V1’s secret'),
  PORTONE_V2_SECRET: Words.default(DEFAULT_V2_SECRET).describe('V2’s API secret'),
  PORTONE_V2_STORE_ID: Words.default(DEFAULT_STORE_ID).describe('V2’s store'),
  PORTONE_V2_WEBHOOK_SECRETS: z
    .string()
    .default(DEFAULT_WEBHOOK_SECRET)
    .transform((list) => list.split(/[\s,]+/).filter((secret) => secret !== ''))
    .pipe(WebhookSecrets.shape.secrets)
    .describe('one or two that sign V2’s webhooks'),
  SANDBOX_WEBHOOK_URL: z
    .url({ protocol: /^https?$/ })
    .optional()
    .describe('where it sends webhooks: Landfall’s /webhooks/portone'),
})

const help = [
  'landfall-sandbox runs a PortOne gateway without a network, and prints its two addresses. Ctrl-C ends it.',
  'Its settings come from the environment:',
  ...Object.entries(Environment.shape).map(([name, field]) => {
    const usual = field.safeParse(undefined).data
    return `  ${name.padEnd(28)}${field.description}${usual === undefined ? '' : ` (${String(usual)})`}`
  }),
].join('\n')

/** Runs the sandbox as a command. It prints the addresses when it listens, or one line when it cannot start. */
async function main(): Promise<void> {
  if (process.argv.includes('--help') || process.argv.includes('-h')) return console.log(help)
  const environment = Environment.safeParse(process.env)
  if (!environment.success) {
    const reasons = environment.error.issues.map(({ path, message }) => `${path.join('.')}: ${message}`)
    throw new Error(`gateway sandbox: ${reasons.join('; ')}. See landfall-sandbox --help.`)
  }
  const { SANDBOX_PORT: port, SANDBOX_V2_PORT: v2Port } = environment.data
  const sandbox = await startSandbox({
    port,
    v2Port: v2Port ?? (port === USUAL_PORT ? USUAL_PORT + 1 : 0),
    host: environment.data.HOST,
    key: environment.data.PORTONE_V1_KEY,
    secret: environment.data.PORTONE_V1_SECRET,
    v2Secret: environment.data.PORTONE_V2_SECRET,
    v2StoreId: environment.data.PORTONE_V2_STORE_ID,
    v2WebhookSecrets: environment.data.PORTONE_V2_WEBHOOK_SECRETS,
    webhookUrl: environment.data.SANDBOX_WEBHOOK_URL ?? null,
  })
  const stop = () => {
    inBackground(sandbox[Symbol.asyncDispose]().then(() => process.exit(0)))
  }
  process.once('SIGINT', stop)
  process.once('SIGTERM', stop)
  // Print the lines after installing the signal handlers: their reader may send a signal at once.
  console.log(`gateway sandbox: ${sandbox.url}\ngateway sandbox V2: ${sandbox.v2Url}`)
}

main().catch((error: unknown) => {
  console.error(error instanceof Error ? error.message : error)
  process.exit(1)
})
