#!/usr/bin/env node
import { z } from 'zod'
import { inBackground } from './background.ts'
import { WebhookSecrets } from './control/bodies.ts'
import { DEFAULT_KEY, DEFAULT_SECRET, startSandbox } from './start.ts'
import { DEFAULT_STORE_ID, DEFAULT_V2_SECRET, DEFAULT_WEBHOOK_SECRET } from './v2/state.ts'

const USUAL_PORT = 4010

/** Runs the sandbox as a command. It prints the addresses when it listens, or one line when it cannot start. */
const Port = z.coerce.number().int().min(0).max(65_535)
const Environment = z.object({
  SANDBOX_PORT: Port.default(USUAL_PORT),
  /** 4011 beside the usual port of V1, and else a free one: the next port may be another program's. */
  SANDBOX_V2_PORT: Port.optional(),
  HOST: z.string().min(1).default('127.0.0.1'),
  PORTONE_V1_KEY: z.string().min(1).default(DEFAULT_KEY),
  PORTONE_V1_SECRET: z.string().min(1).default(DEFAULT_SECRET),
  PORTONE_V2_SECRET: z.string().min(1).default(DEFAULT_V2_SECRET),
  PORTONE_V2_STORE_ID: z.string().min(1).default(DEFAULT_STORE_ID),
  PORTONE_V2_WEBHOOK_SECRETS: z
    .string()
    .default(DEFAULT_WEBHOOK_SECRET)
    .transform((list) => list.split(/[\s,]+/).filter((secret) => secret !== ''))
    .pipe(WebhookSecrets.shape.secrets),
  SANDBOX_WEBHOOK_URL: z.url({ protocol: /^https?$/ }).optional(),
})

async function main(): Promise<void> {
  const environment = Environment.safeParse(process.env)
  if (!environment.success) {
    const names = environment.error.issues.map((issue) => issue.path.join('.'))
    throw new Error(`gateway sandbox: unusable in the environment: ${names.join(', ')}`)
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
