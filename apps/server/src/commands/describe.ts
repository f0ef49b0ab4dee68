import type { Command, OptionValues } from 'commander'
import type { ExitCode, Terminal } from './terminal.ts'

/** Adds a command to the program. `run` gets its options, its other words and the terminal, and loads what it needs. */
export type Describe = <O extends OptionValues>(
  described: Command,
  run: (options: O, words: readonly string[], terminal: Terminal) => Promise<ExitCode>,
) => void
