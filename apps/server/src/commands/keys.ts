import { createHash, randomBytes } from 'node:crypto'
import type { ExitCode, Terminal } from './terminal.ts'

/** Each is guessed with a chance of one in 2^256. */
const BYTES = 32

/** Makes fresh secrets in the form of the settings. It stores and sends nothing. */
export async function keys({ out }: Terminal): Promise<ExitCode> {
  const key = randomBytes(BYTES).toString('hex')
  out(`# Fresh secrets. Nothing of them is kept here: put them away before you close the terminal.

# For the shop's programs alone (Authorization: Bearer …):
# LANDFALL_KEY=${key}
# For Landfall, its digest:
MERCHANT_API_KEYS=sha256:${createHash('sha256').update(key).digest('hex')}
# To change it: list both, separated by a comma; change the programs; drop the former one.
# To limit it: name:sha256:…:orders:read+refunds (scopes: orders:write, orders:read, refunds, notices).

# Signs customers' links. For Landfall alone.
TOKEN_SECRET=${randomBytes(BYTES).toString('base64url')}
# To change it: put the new one in front, with a comma; drop the former one after VIEW_TOKEN_LIFE_MS
# (30 days). After a leak drop it at once.

# Signs notices. The shop verifies with the same value.
NOTIFY_SECRETS=whsec_${randomBytes(BYTES).toString('base64')}
# To change it: add the new one here; give it to the shop; drop the former one. Each signs meanwhile.

# A running server reads all three again on SIGHUP: docs/operations.md, Keys and secrets.
`)
  return 0
}
