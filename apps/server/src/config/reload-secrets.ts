import { isDeepStrictEqual } from 'node:util'
import { readConfig, type Config } from './config.ts'
import type { Log } from '../log/log.ts'
import type { Secrets } from './secrets.ts'

type Running = {
  readonly config: Omit<Config, 'secrets'>
  readonly secrets: Secrets
  readonly log: Log
}

/**
 * Reads the environment file again and replaces all secrets. Replaces none when the new configuration would refuse a
 * start. Every other setting keeps its value until the next start.
 */
export function reloadSecrets({ config, secrets, log }: Running, read: typeof readConfig = readConfig): void {
  if (config.envFile === null)
    return log.warn({}, 'SIGHUP: ENV_FILE names no file, there is nothing to read again')
  const next = read()
  if (!next.ok) return refuse(log, next.problem)
  const { secrets: fresh, ...settings } = next.value
  // The running server keeps its NOTIFY_URL, even when the file no longer has one, and must be able to sign.
  if (config.notify !== null && fresh.noticeSecrets.length === 0)
    return refuse(log, ['NOTIFY_SECRETS is missing: every notice must be signed'])
  if (config.gateways['portone-v2'] !== null && fresh.webhookKeys.length === 0)
    return refuse(log, ['PORTONE_V2_WEBHOOK_SECRETS is missing: V2’s webhooks must be verified'])
  secrets.replace(fresh)
  log.info({}, 'SIGHUP: keys and secrets are read again, those no longer listed are dead')
  for (const warning of settings.warnings) log.warn({ warning }, 'configuration')
  if (!isDeepStrictEqual({ ...settings, warnings: config.warnings }, config))
    log.warn({}, 'SIGHUP: other settings have changed as well, they hold from the next start on')
}

function refuse(log: Log, reasons: readonly string[]): void {
  for (const reason of reasons) log.error({ reason }, 'SIGHUP: keys and secrets stay as they were')
}
