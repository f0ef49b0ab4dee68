import { parseArgs, type ParseArgsConfig } from 'node:util'

type Options = NonNullable<ParseArgsConfig['options']>

/** Prints an error, if given, and the usage, and exits with status 2. */
export function exitWithUsage(usage: string, why?: string): never {
  process.stderr.write(why === undefined ? usage : `${why}\n\n${usage}`)
  process.exit(2)
}

/** Parses the command's arguments. Exits with status 2 on an unknown option. */
export function parseCommandLine<const O extends Options>(usage: string, options: O) {
  try {
    const args = process.argv.slice(2).filter((word) => word !== '--')
    return parseArgs({ args, options, allowPositionals: true })
  } catch (error) {
    return exitWithUsage(usage, error instanceof Error ? error.message : String(error))
  }
}
