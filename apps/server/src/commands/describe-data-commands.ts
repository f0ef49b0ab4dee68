import { Command } from 'commander'
import type { Describe } from './describe.ts'
import type { BackupOptions } from './backup.ts'
import type { EraseOptions } from './erase.ts'
import { InvalidArguments } from './terminal.ts'

/** The commands for the database and what customers leave in it. */
export const dataCommands: readonly ((describe: Describe) => void)[] = [
  describeAsk,
  describeBackup,
  describeRestoreDrill,
  describeCopy,
  describeErase,
]

function describeAsk(describe: Describe): void {
  describe<{ lang?: string; database?: string }>(
    new Command('ask')
      .description('tells what happened to an order, and what a person must see to about it')
      .argument('<order>', 'an order number, a payment number, or a string of its reference, whole')
      .option('--lang <language>', 'ko or en; otherwise as LANG says')
      .option('--database <address>', 'file: or postgres://; otherwise the server’s own')
      .addHelpText('after', '\nIt changes nothing, and needs no secret and no server that runs.'),
    async (options, [named = ''], terminal) => (await import('./ask.ts')).ask(named, options, terminal),
  )
}

function describeBackup(describe: Describe): void {
  describe<BackupOptions>(
    new Command('backup')
      .description('backs up the SQLite file of a running server, and reads the backup through')
      .option('--from <address>', 'the server’s file: address')
      .option('--to <file>', 'the backup, which must not exist')
      .option('--into <folder>', 'for timers: names the backup there by the time (UTC)')
      .option(
        '--keep <number>',
        'with --into: deletes all but the newest, 1 to 1000, once the new one is whole',
      )
      .addHelpText(
        'after',
        `
  npx -y pnpm landfall backup --from file:./data/landfall.db --to ./landfall-backup.db
  npx -y pnpm landfall backup --from file:./data/landfall.db --into ./backups --keep 14`,
      ),
    async (options, _, terminal) => (await import('./backup.ts')).backup(options, terminal),
  )
}

function describeRestoreDrill(describe: Describe): void {
  describe<{ backup?: string }>(
    new Command('restore-drill')
      .description('proves that a backup can be restored: opens it, migrates it, adds up its books')
      .option('--backup <backup>', 'a backup file, or the postgres:// address of a restored dump')
      .addHelpText(
        'after',
        `
A file is copied first and stays as it is. Of Postgres name a database into which pg_restore has just
put the dump, never the one that servers use: it is migrated. The drill reads no settings, has no keys,
and connects to nothing but that database: neither the gateway nor the shop can hear of it.`,
      ),
    async ({ backup = '' }, _, terminal) => {
      if (backup === '') throw new InvalidArguments('Give --backup.')
      // Before any module of the server is loaded, so that none connects to anything first.
      const { reachOnly } = await import('./only-database.ts')
      reachOnly(backup)
      return (await import('./restore-drill.ts')).restoreDrill(backup, terminal)
    },
  )
}

function describeCopy(describe: Describe): void {
  describe<{ from?: string; to?: string }>(
    new Command('copy')
      .description('copies a SQLite file into an empty Postgres, and compares both; stop the servers first')
      .option('--from <address>', 'the file: address')
      .option('--to <address>', 'the postgres:// address')
      .addHelpText(
        'after',
        `
  npx -y pnpm landfall copy --from file:./data/landfall.db --to postgres://user:password@host/database`,
      ),
    async (options, _, terminal) => (await import('./copy.ts')).copy(options, terminal),
  )
}

function describeErase(describe: Describe): void {
  describe<EraseOptions>(
    new Command('erase')
      .description('erases the personal data of an order, or of all orders of a buyer, and keeps the books')
      .option('--order <order>', 'one order')
      .option(
        '--reference <string>',
        'every order whose reference has this string, such as the buyer’s number',
      )
      .option('--database <address>', 'file: or postgres://; otherwise the server’s own')
      .addHelpText(
        'after',
        `
Names, texts, card and account numbers go; amounts, statuses, ids, times and the shape of the history
stay. It cannot be undone. Servers may run meanwhile. Exit code 1 if something personal is left.`,
      ),
    async (options, _, terminal) => (await import('./erase.ts')).erase(options, terminal),
  )
}
