import type { Variables } from '../config/env-file.ts'

/** A command's surroundings: a terminal, or a test's stand-in. */
export type Terminal = {
  readonly out: (text: string) => void
  readonly error: (text: string) => void
  /** The environment. Only the commands that need settings load its reader. */
  readonly environment: () => Promise<Variables>
  /** Aborted when the person ends the command. The first call takes the signals over: without one they end the process. */
  readonly stop: () => AbortSignal
}

/** 0: done. 1: not done, and a sentence says why. 2: invalid arguments. */
export type ExitCode = 0 | 1 | 2

/** Arguments that no use of the command allows. The command's help follows the message, and the exit code is 2. */
export class InvalidArguments extends Error {
  override readonly name = 'InvalidArguments'
}
