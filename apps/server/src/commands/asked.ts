import { parseArgs, type ParseArgsConfig } from 'node:util'

type Options = NonNullable<ParseArgsConfig['options']>

/** Ends a command that was asked for something it does not do: why, if that can be said, and how it is asked. */
export function misasked(usage: string, why?: string): never {
  process.stderr.write(why === undefined ? usage : `${why}\n\n${usage}`)
  process.exit(2)
}

/** The words a command was started with. One it does not know ends it. */
export function asked<const O extends Options>(usage: string, options: O) {
  try {
    const args = process.argv.slice(2).filter((word) => word !== '--')
    return parseArgs({ args, options, allowPositionals: true })
  } catch (error) {
    return misasked(usage, error instanceof Error ? error.message : String(error))
  }
}
