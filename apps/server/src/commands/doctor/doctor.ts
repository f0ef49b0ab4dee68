import { randomUUID } from 'node:crypto'
import { readConfig, type Config } from '../../config/config.ts'
import type { Variables } from '../../config/env-file.ts'
import { openHttp } from '../../gateway/http.ts'
import { openGateways } from '../../gateway/gateways.ts'
import { databaseOfServer, startEnvironment } from '../start-settings.ts'
import type { ExitCode, Terminal } from '../terminal.ts'
import { checkCertificate } from './check-certificate.ts'
import { checkClock } from './check-clock.ts'
import { checkAccount, checkDatabase, type DatabaseLook } from './check-database.ts'
import { checkDisk, measureDisk, type Disk } from './check-disk.ts'
import { checkAmount, checkLogin, type AskedGateway } from './check-gateway.ts'
import { checkNotices, sendTestNotice } from './check-notices.ts'
import { checkProxy } from './check-proxy.ts'
import { checkWebhook } from './check-webhook.ts'
import { checks, findingText, notTried, right, wrong, type Finding } from './finding.ts'
import { hearingDates } from './heard-dates.ts'

/** The machine that the doctor runs on. */
export type Machine = {
  readonly nowMs: () => number
  readonly measureDisk: (folder: string) => Disk
}

const realMachine: Machine = { nowMs: () => Date.now(), measureDisk }

/**
 * Tries everything that the settings of a start name, and says of each what is right, wrong or not tried. It stores
 * nothing, and sends the gateway an amount under a number that no order has. Exit code 1 if something is wrong.
 */
export async function doctor(terminal: Terminal, machine: Machine = realMachine): Promise<ExitCode> {
  let isRight = true
  const tell = (finding: Finding): void => {
    if (finding.verdict === 'wrong') isRight = false
    terminal.out(findingText(finding))
  }
  const environment = startEnvironment(await terminal.environment())
  const read = readConfig(environment)
  if (!read.ok) {
    tell(unusable(environment, read.problem))
    for (const check of checks.slice(1)) tell(notTried(check, 'the configuration is wrong'))
    return 1
  }
  const from = environment['ENV_FILE'] === '' ? 'the environment' : String(environment['ENV_FILE'])
  const warnings = read.value.warnings.join('\n')
  tell({ ...right('configuration', `read from ${from}`), advice: warnings === '' ? null : warnings })
  await examine(read.value, machine, tell)
  terminal.out(isRight ? 'Nothing is wrong.\n' : 'Something is wrong: see above.\n')
  return isRight ? 0 : 1
}

/** Says why the server does not start with its settings. */
export function unusable({ ENV_FILE: file }: Variables, reasons: readonly string[]): Finding {
  const missing = file === '' ? ['There is no .env: copy .env.example'] : []
  return wrong('configuration', 'the server does not start with it', [...missing, ...reasons].join('\n'))
}

async function examine(config: Config, machine: Machine, tell: (finding: Finding) => void): Promise<void> {
  const databaseUrl = databaseOfServer(config.databaseUrl)
  const look = await checkDatabase(databaseUrl)
  tell(look.finding)
  tell(checkDisk(databaseUrl, look.inspection, machine.measureDisk))
  const toGateway = openHttp()
  const toShop = openHttp({ publicOnly: config.notify?.allowPrivate !== true })
  try {
    const heard = await examineGateways(
      config,
      { ...look, databaseUrl },
      { machine, http: toGateway.http, tell },
    )
    const shop = hearingDates(toShop.http, machine.nowMs)
    const { notify } = config
    const test = { id: `landfall-test-${randomUUID()}`, atMs: machine.nowMs() }
    const reply = notify === null ? null : await sendTestNotice(shop.http, { ...config, notify }, test)
    const clock = checkClock([...heard, ...shop.heard])
    tell(clock)
    tell(checkNotices(notify, reply, clock.verdict === 'wrong'))
    const webhook = await checkWebhook(toGateway.http, config.publicUrl)
    tell(webhook)
    tell(await checkCertificate(config.publicUrl, machine.nowMs()))
    tell(
      webhook.verdict === 'right'
        ? await checkProxy(toGateway.http, config, machine.nowMs())
        : notTried('proxy headers', 'the server does not answer at PUBLIC_URL'),
    )
  } finally {
    await Promise.all([toGateway.close(), toShop.close()])
  }
}

type Tools = {
  readonly machine: Machine
  readonly http: ReturnType<typeof openHttp>['http']
  readonly tell: (finding: Finding) => void
}

/** Returns the times that the gateways told. */
async function examineGateways(
  config: Config,
  look: DatabaseLook & { readonly databaseUrl: string },
  { machine, http, tell }: Tools,
) {
  const hearing = hearingDates(http, machine.nowMs)
  const means = {
    http: hearing.http,
    nowMs: () => Math.trunc(performance.now()),
    log: { warn: () => undefined },
  }
  const gateways = openGateways(config, means)
  for (const name of gateways.names) await examineGateway({ config, gateways, name }, look, tell)
  return hearing.heard
}

async function examineGateway(
  asked: AskedGateway,
  { inspection, databaseUrl }: DatabaseLook & { readonly databaseUrl: string },
  tell: Tools['tell'],
): Promise<void> {
  const login = await checkLogin(asked)
  tell(login)
  if (login.verdict !== 'right') {
    for (const check of ['gateway account', 'gateway amount'] as const)
      tell(notTried(check, 'there is no login'))
    return
  }
  const hasTables = inspection !== null && inspection.migrationsMissing === 0
  tell(
    hasTables
      ? await checkAccount(asked, databaseUrl)
      : notTried('gateway account', 'the database has no tables of this version yet'),
  )
  tell(await checkAmount(asked, `landfall-doctor-${randomUUID().slice(0, 8)}`))
}
