import { Command, CommanderError } from 'commander'
import { dataCommands } from './describe-data-commands.ts'
import { shopCommands } from './describe-shop-commands.ts'
import type { Describe } from './describe.ts'
import { InvalidArguments, type ExitCode, type Terminal } from './terminal.ts'

const COLUMNS_MAX = 100
const END = `
Where pnpm is installed, pnpm landfall does. Paths are relative to the folder of the call.
Exit codes: 0 done, 1 not done, and a sentence says why, 2 invalid arguments.`

/** Parses the words of a call and runs its command. Returns the exit code. */
export async function runLandfall(words: readonly string[], terminal: Terminal): Promise<ExitCode> {
  let code: ExitCode = 0
  const program = new Command('npx -y pnpm landfall')
    .description('Checks, tries and looks after a Landfall server.')
    .addHelpText('after', END)
  const describe: Describe = (described, run) => {
    described.allowExcessArguments(false).action(async () => {
      try {
        code = await run(described.opts(), described.args, terminal)
      } catch (error) {
        if (!(error instanceof InvalidArguments)) throw error
        described.error(`error: ${error.message}`)
      }
    })
    program.addCommand(described)
  }
  for (const command of [...shopCommands, ...dataCommands]) command(describe)
  for (const each of [program, ...program.commands])
    each
      .exitOverride()
      .showHelpAfterError()
      .configureOutput({
        writeOut: terminal.out,
        writeErr: terminal.error,
        getOutHelpWidth: () => COLUMNS_MAX,
        getErrHelpWidth: () => COLUMNS_MAX,
      })
  try {
    // pnpm hands a `--` on that stood before the arguments.
    await program.parseAsync(
      words.filter((word) => word !== '--'),
      { from: 'user' },
    )
    return code
  } catch (error) {
    if (error instanceof CommanderError) return error.code === 'commander.helpDisplayed' ? 0 : 2
    throw error
  }
}
