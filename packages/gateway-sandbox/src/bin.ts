#!/usr/bin/env node
import { z } from 'zod'
import { inBackground } from './background.ts'
import { DEFAULT_KEY, DEFAULT_SECRET, startSandbox } from './start.ts'

/** Runs the sandbox as a command. It prints one line when it listens, or one line when it cannot start. */
const Environment = z.object({
  SANDBOX_PORT: z.coerce.number().int().min(0).max(65_535).default(4010),
  HOST: z.string().min(1).default('127.0.0.1'),
  PORTONE_V1_KEY: z.string().min(1).default(DEFAULT_KEY),
  PORTONE_V1_SECRET: z.string().min(1).default(DEFAULT_SECRET),
  SANDBOX_WEBHOOK_URL: z.url({ protocol: /^https?$/ }).optional(),
})

async function main(): Promise<void> {
  const environment = Environment.safeParse(process.env)
  if (!environment.success) {
    const names = environment.error.issues.map((issue) => issue.path.join('.'))
    throw new Error(`gateway sandbox: unusable in the environment: ${names.join(', ')}`)
  }
  const sandbox = await startSandbox({
    port: environment.data.SANDBOX_PORT,
    host: environment.data.HOST,
    key: environment.data.PORTONE_V1_KEY,
    secret: environment.data.PORTONE_V1_SECRET,
    webhookUrl: environment.data.SANDBOX_WEBHOOK_URL ?? null,
  })
  const stop = () => {
    inBackground(sandbox[Symbol.asyncDispose]().then(() => process.exit(0)))
  }
  process.once('SIGINT', stop)
  process.once('SIGTERM', stop)
  // Print the line after installing the signal handlers: its reader may send a signal at once.
  console.log(`gateway sandbox: ${sandbox.url}`)
}

main().catch((error: unknown) => {
  console.error(error instanceof Error ? error.message : error)
  process.exit(1)
})
