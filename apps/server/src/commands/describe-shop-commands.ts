import { Command } from 'commander'
import type { Describe } from './describe.ts'
import type { ListenOptions } from './listen.ts'
import type { ReplayOptions } from './replay.ts'
import type { SelfCheckOptions } from './self-check.ts'

/** The commands for a server, and for the shop that uses it. */
export const shopCommands: readonly ((describe: Describe) => void)[] = [
  describeDoctor,
  describeKeys,
  describeListen,
  describeTrigger,
  describeReplay,
  describeSelfCheck,
]

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

function describeKeys(describe: Describe): void {
  describe(
    new Command('keys').description('makes fresh secrets for the settings, and says how to change them'),
    async (_, __, terminal) => (await import('./keys.ts')).keys(terminal),
  )
}

function describeListen(describe: Describe): void {
  describe<ListenOptions>(
    new Command('listen')
      .description('takes notices on this machine, verifies and prints them, and hands them on to a shop')
      .option('--forward <address>', 'such as http://localhost:3000/landfall: body and headers as they came')
      .option('--port <number>', 'where to take them', '4020')
      .addHelpText(
        'after',
        '\nIt verifies with NOTIFY_SECRETS of the settings; without .env those of .env.example.',
      ),
    async (options, _, terminal) => (await import('./listen.ts')).listen(options, terminal),
  )
}

function describeTrigger(describe: Describe): void {
  describe<{ list?: boolean }>(
    new Command('trigger')
      .description('plays a story in the sandbox for a new order, and prints what Landfall says')
      .argument('[story]', 'its name')
      .option('--list', 'lists the stories')
      .addHelpText(
        'after',
        '\nIt needs npx -y pnpm dev, or another server in front of a sandbox, on this machine.',
      ),
    async ({ list }, [name = ''], terminal) => {
      const { listStories, trigger } = await import('./trigger.ts')
      return list === true ? listStories(terminal) : trigger(name, terminal)
    },
  )
}

function describeReplay(describe: Describe): void {
  describe<ReplayOptions>(
    new Command('replay')
      .description('has a running server send notices again, under the same ids')
      .option('--order <order>', 'all of an order')
      .option('--notice <id>', 'one')
      .option('--since <time>', 'all recorded since: 90m, 2h, 3d ago, or 2026-11-02T12:00+09:00')
      .addHelpText(
        'after',
        `
It asks the server at LANDFALL_URL, otherwise PUBLIC_URL of the settings, with the key LANDFALL_KEY
(scope notices; for --order also orders:read).`,
      ),
    async (options, _, terminal) => (await import('./replay.ts')).replay(options, terminal),
  )
}

function describeSelfCheck(describe: Describe): void {
  describe<SelfCheckOptions>(
    new Command('self-check')
      .description('compares what a running server sends, through whatever stands before it, with the build')
      .argument('<address>', 'such as https://pay.example.com')
      .option('--inventory <file>', 'the inventory of the build; otherwise that of this folder')
      .option('--shop-script <address...>', 'the gateway’s browser scripts, where the demo shop is open')
      .option('--allowed-origin <origin>', 'once for each of ALLOWED_ORIGINS, in its order', each)
      .option('--logo <address>', 'SHOP_LOGO_URL'),
    async (options, [url = ''], terminal) =>
      (await import('./self-check.ts')).selfCheck(url, options, terminal),
  )
}

const each = (value: string, before: readonly string[] = []): readonly string[] => [...before, value]
