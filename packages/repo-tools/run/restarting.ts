// A program that is started again whenever one of its sources changes: our own sources, not the packages they import.

import { watch } from 'node:fs'
import { start } from './child.ts'
import type { Ending, Program } from './child.ts'

export type Restarting = {
  /** How it ended by itself for the first time. It starts again after the next change. */
  failed: Promise<Ending>
  stop: () => Promise<void>
}

/** Editors and checkouts write many files at once: they cause one restart. */
const quietMs = 100

type Reason = { kind: 'stop' } | { kind: 'changed'; file: string } | { kind: 'ended'; ending: Ending }

/**
 * Follows the source folders. `node --watch` follows every file the program has loaded, `node_modules` included, and
 * restarts it when another project's install touches the package store, to which those files are hard links.
 */
export function startRestarting(
  program: Program,
  folders: readonly string[],
  onLine: (line: string) => void,
): Restarting {
  const stop = Promise.withResolvers<Reason>()
  const failed = Promise.withResolvers<Ending>()
  const sources = followSources(folders, onLine)

  const run = async (): Promise<void> => {
    for (;;) {
      // Asked before the start: what changes after it has not been read.
      const reasons = [sources.change(), stop.promise]
      const child = start(program, onLine)
      const ended = child.ended.then((ending): Reason => ({ kind: 'ended', ending }))
      let reason = await Promise.race([...reasons, ended])
      if (reason.kind === 'ended') {
        onLine(`${reason.ending.how}; it starts again when a source changes`)
        failed.resolve(reason.ending)
        reason = await Promise.race(reasons)
      }
      await child.stop()
      if (reason.kind !== 'changed') return
      onLine(`${reason.file} has changed: starting again`)
    }
  }
  const stopped = run().finally(() => sources.close())
  return {
    failed: failed.promise,
    stop: () => {
      stop.resolve({ kind: 'stop' })
      return stopped
    },
  }
}

type Sources = { change: () => Promise<Reason>; close: () => void }

function followSources(folders: readonly string[], onLine: (line: string) => void): Sources {
  let next = Promise.withResolvers<Reason>()
  let quiet: NodeJS.Timeout | undefined
  let first: string | null = null
  const changed = (name: string): void => {
    first ??= name
    const file = first
    clearTimeout(quiet)
    quiet = setTimeout(() => {
      first = null
      next.resolve({ kind: 'changed', file })
    }, quietMs)
  }
  const watchers = folders.map((folder) =>
    watch(folder, { recursive: true }, (_event, name) => {
      if (name === null || isSource(name)) changed(name ?? folder)
    }).on('error', (error) => onLine(`changes in ${folder} go unnoticed: ${error.message}`)),
  )
  return {
    change: () => {
      next = Promise.withResolvers<Reason>()
      return next.promise
    },
    close: () => {
      clearTimeout(quiet)
      for (const watcher of watchers) watcher.close()
    },
  }
}

const isSource = (name: string): boolean => name.endsWith('.ts') && !name.endsWith('.test.ts')
