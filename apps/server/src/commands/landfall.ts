import { runLandfall } from './program.ts'

// `npx -y pnpm landfall <command>`. Only the modules of the called command are loaded.

// What a command writes to disk holds customers' names: nobody else may read it.
process.umask(0o077)

// Aborted when the person ends the command, or nobody reads it any more.
const stopping = new AbortController()

// `landfall doctor | head` closes the pipe early. The command does its work to the end; one that waits for more stops.
for (const stream of [process.stdout, process.stderr])
  stream.on('error', (error: NodeJS.ErrnoException) => {
    if (error.code !== 'EPIPE') throw error
    stopping.abort()
  })

process.exitCode = await runLandfall(process.argv.slice(2), {
  out: (text) => void process.stdout.write(text),
  error: (text) => void process.stderr.write(text),
  environment: async () => (await import('../config/config.ts')).environment,
  stop: () => {
    // Once: a second signal ends a command that does not stop.
    for (const signal of ['SIGINT', 'SIGTERM'] as const) process.once(signal, () => stopping.abort())
    return stopping.signal
  },
})
