import { Command } from 'commander'
import type { Describe } from './describe.ts'
import type { SelfCheckOptions } from './self-check.ts'

/** The commands for a server, and for the shop that uses it. */
export const shopCommands: readonly ((describe: Describe) => void)[] = [describeDoctor, describeSelfCheck]

function describeDoctor(describe: Describe): void {
  describe(
    new Command('doctor')
      .description('tries everything that the settings name: right, wrong or not tried, and what to do')
      .addHelpText(
        'after',
        `
It reads the settings as npx -y pnpm start does: .env of the repository, or ENV_FILE. Run it where the
server runs, as its user, and let the server run. It sends the shop one notice of type landfall.test,
which is of no order, and the gateway one amount under a number that no order has. Exit code 0 only if
nothing is wrong.`,
      ),
    async (_, __, terminal) => (await import('./doctor/doctor.ts')).doctor(terminal),
  )
}

function describeSelfCheck(describe: Describe): void {
  describe<SelfCheckOptions>(
    new Command('self-check')
      .description('compares what a running server sends, through whatever stands before it, with the build')
      .argument('<address>', 'such as https://pay.example.com')
      .option('--inventory <file>', 'the inventory of the build; otherwise that of this folder')
      .option('--shop-script <address>', 'PORTONE_V1_SDK_URL, where the demo shop is open')
      .option('--allowed-origin <origin>', 'once for each of ALLOWED_ORIGINS, in its order', each)
      .option('--logo <address>', 'SHOP_LOGO_URL'),
    async (options, [url = ''], terminal) =>
      (await import('./self-check.ts')).selfCheck(url, options, terminal),
  )
}

const each = (value: string, before: readonly string[] = []): readonly string[] => [...before, value]
