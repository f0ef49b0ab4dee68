import {
  accountNames,
  accountOf,
  accountVariables,
  knowsOurs,
} from '../../journey/reconcile/gateway-account.ts'
import { readDeployment } from '../../store/deployment.ts'
import {
  DatabaseUnusable,
  inspectDatabase,
  openForReading,
  type Inspection,
} from '../../store/engines/open.ts'
import type { AskedGateway } from './check-gateway.ts'
import { notTried, right, wrong, type Finding } from './finding.ts'

/** What a look at the database gave: `inspection` is null when there is nothing to look at yet. */
export type DatabaseLook = { readonly finding: Finding; readonly inspection: Inspection | null }

/** Reachable, migrated, and private. */
export async function checkDatabase(url: string): Promise<DatabaseLook> {
  try {
    const inspection = await inspectDatabase(url)
    if (inspection === null)
      return {
        finding: notTried('database', 'there is no file yet: the first start creates it'),
        inspection,
      }
    return { finding: findingOf(url, inspection), inspection }
  } catch (error) {
    if (!(error instanceof DatabaseUnusable)) throw error
    const finding = wrong('database', 'it cannot be used', `${error.message}\nThe address is DATABASE_URL.`)
    return { finding, inspection: null }
  }
}

function findingOf(url: string, { place, warnings, migrationsMissing: missing }: Inspection): Finding {
  const [reader] = url.startsWith('file:') ? warnings : []
  if (reader !== undefined)
    return wrong('database', `${place} can be read by other users of this machine`, `${reader}.`)
  const tables =
    missing === 0 ? 'has the tables of this version' : `the next start applies ${missing} migrations to it`
  return right('database', `${place}: ${tables}`)
}

/** Whether the gateway account is the one that this database's orders were made with. */
export async function checkAccount({ config, gateways, name }: AskedGateway, url: string): Promise<Finding> {
  const check = 'gateway account'
  const store = await openForReading(url, (run) => void setImmediate(run))
  try {
    const noted = await readDeployment(store, accountNames[name])
    if (noted === null) return notTried(check, 'the database has noted none: the first start does')
    if (noted === accountOf(config.gateways, name)) return right(check, 'the one that the database has noted')
    const isSame = await knowsOurs({ gateways, store }, name)
    if (isSame === null)
      return notTried(check, 'another key than the database has noted, and no answer about it')
    return isSame
      ? right(check, 'a new key of the account that the database has noted')
      : wrong(
          check,
          `${accountVariables[name].account} is of another account: it does not know this database’s payments`,
          'Put the former one back, or give the new account a database of its own.',
        )
  } finally {
    await store.close()
  }
}
