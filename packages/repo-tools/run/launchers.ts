// The package managers above us: `npx` runs `pnpm`, which runs a shell, which runs us.

import { existsSync, readFileSync } from 'node:fs'

const generationsMax = 8

/**
 * The process ids from our parent up to the highest package manager. When one of those is ended alone, none passes it
 * on, and only this list changes. A shell above them may go, as it does when the command was put into the background.
 * Linux shows it in /proc; elsewhere the list is empty and never changes.
 */
export function launchers(): number[] {
  const above: number[] = []
  let highest = 0
  let pid = process.ppid
  while (pid > 1 && above.length < generationsMax) {
    above.push(pid)
    if (
      /(?:^|[\s/])(?:npm|npx|pnpm|pnpx|corepack)(?:[\s.]|$)/.test(read(pid, 'cmdline').replaceAll('\0', ' '))
    ) {
      highest = above.length
    }
    pid = Number(/^PPid:\s*(\d+)/m.exec(read(pid, 'status'))?.[1] ?? 0)
  }
  return above.slice(0, highest)
}

function read(pid: number, file: 'cmdline' | 'status'): string {
  const path = `/proc/${pid}/${file}`
  return existsSync(path) ? readFileSync(path, 'utf8') : ''
}
