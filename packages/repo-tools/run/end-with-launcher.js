// Loaded with `--import` into every program that a launcher starts. The channel to the launcher closes however the
// launcher ends, SIGKILL included: the program then stops as it does on SIGTERM. JavaScript, because Node's compiler
// for TypeScript would stay in the memory of the production server (docs/decisions/0006).

/// <reference types="node" />

import { isMainThread } from 'node:worker_threads'

const graceMs = Number(new URL(import.meta.url).searchParams.get('graceMs'))

// Worker threads load this file too, but have no channel of their own.
if (isMainThread && process.channel) {
  // A launcher may pass SIGHUP on before the program listens for it. What then reads its settings has them fresh.
  process.on('SIGHUP', () => undefined)
  process.once('disconnect', () => {
    // Process 0 is our own process group: the program and all it has started.
    process.kill(0, 'SIGTERM')
    setTimeout(() => process.kill(0, 'SIGKILL'), graceMs).unref()
  })
  // A program that has finished its work does not wait for the launcher.
  process.channel.unref()
}
