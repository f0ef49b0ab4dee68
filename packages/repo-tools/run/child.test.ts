// Launchers are started and ended here in every way a machine has; of what they started nothing may be left.

import { spawn } from 'node:child_process'
import { once } from 'node:events'
import { createInterface } from 'node:readline'
import { setTimeout as wait } from 'node:timers/promises'
import { describe, expect, test } from 'vitest'
import { start } from './child.ts'
import { whyTaken } from './ports.ts'

/** A busy machine needs far less; only a failing test waits this long. */
const safetyMs = 30_000

/** Listens, says on which port and in which process group, and says goodbye when it is asked to stop. */
const polite = `
  require('node:net').createServer().listen(0, '127.0.0.1', function () {
    console.log(this.address().port, process.pid)
  })
  process.once('SIGTERM', () => { console.log('goodbye'); process.exit(0) })`
/** Does not stop when it is asked, and has started a program that does not either: that one listens. */
const stubborn = `
  process.on('SIGTERM', () => console.log('no'))
  setInterval(() => {}, 1_000)
  const other = \`
    process.on('SIGTERM', () => {})
    require('node:net').createServer().listen(0, '127.0.0.1', function () {
      console.log(this.address().port, process.ppid)
    })\`
  require('node:child_process').spawn(process.execPath, ['-e', other], { stdio: ['ignore', 'inherit', 'inherit'] })`

const programOf = (code: string, graceMs: number) => ({
  name: 'program',
  args: ['-e', code],
  folder: import.meta.dirname,
  environment: {},
  graceMs,
})

function isThere(group: number): boolean {
  try {
    return process.kill(-group, 0)
  } catch (error) {
    if (error instanceof Error && 'code' in error && error.code === 'ESRCH') return false
    throw error
  }
}

/** A launcher that stays with one program, as `start` does. Answers once the program listens. */
async function launched(code: string, graceMs = safetyMs, rereads = false) {
  const [survived, told] = rereads ? ["'SIGHUP'", "'rereads'"] : ['null', 'null']
  const launcher = `
    import { askedToStop, start, through } from ${JSON.stringify(new URL('child.ts', import.meta.url).href)}
    const stopAsked = askedToStop(${survived})
    const program = start(${JSON.stringify(programOf(code, graceMs))}, 'inherit')
    process.exitCode = await through(program, stopAsked, ${told})`
  const child = spawn(process.execPath, ['--input-type=module', '-e', launcher], {
    stdio: ['ignore', 'pipe', 'inherit'],
  })
  // The output closes when the last process that writes to it is gone: the launcher, its program, and what that started.
  const closed = once(child, 'close')
  const allGone = async () => {
    if ((await Promise.race([closed, wait(safetyMs, null, { ref: false })])) === null)
      throw new Error('something is left')
  }
  const lines: string[] = []
  const output = createInterface(child.stdout)
  output.on('line', (line) => lines.push(line))
  await once(output, 'line', { signal: AbortSignal.timeout(safetyMs) })
  const [port = 0, group = 0] = (lines[0] ?? '').split(' ').map(Number)
  return {
    child,
    port,
    allGone,
    said: () => lines.slice(1),
    // What a failing test has found to be left is not left to the machine.
    [Symbol.asyncDispose]: async () => {
      child.kill('SIGKILL')
      if (isThere(group)) process.kill(-group, 'SIGKILL')
      await closed
    },
  }
}

describe('a launcher that ends', { timeout: 3 * safetyMs }, () => {
  test('by SIGKILL: its program stops as on SIGTERM, and the port is free again', async () => {
    await using launch = await launched(polite)
    const { child, port, allGone, said } = launch
    expect(await whyTaken(port)).toBe('EADDRINUSE')
    child.kill('SIGKILL')
    await allGone()
    expect(said()).toEqual(['goodbye'])
    expect(await whyTaken(port)).toBeNull()
  })

  test('by SIGKILL: a program that ignores that is killed after its grace, with what it has started', async () => {
    await using launch = await launched(stubborn, 200)
    const { child, port, allGone, said } = launch
    expect(await whyTaken(port)).toBe('EADDRINUSE')
    child.kill('SIGKILL')
    await allGone()
    expect(said()).toEqual(['no'])
    expect(await whyTaken(port)).toBeNull()
  })

  test.for(['SIGINT', 'SIGTERM', 'SIGHUP'] as const)('by %s: it stops its program first', async (signal) => {
    await using launch = await launched(polite)
    const { child, port, allGone, said } = launch
    child.kill(signal)
    await allGone()
    expect([child.exitCode, said()]).toEqual([0, ['goodbye']])
    expect(await whyTaken(port)).toBeNull()
  })
})

describe('a launcher of a program that reads its settings again', { timeout: 3 * safetyMs }, () => {
  const rereading = `${polite}\nprocess.on('SIGHUP', () => console.log('again'))`

  test('passes SIGHUP on and goes on; it still stops on SIGTERM', async () => {
    await using launch = await launched(rereading, safetyMs, true)
    const { child, port, allGone, said } = launch
    for (const times of [1, 2]) {
      child.kill('SIGHUP')
      await expect.poll(said, { timeout: safetyMs }).toEqual(Array(times).fill('again'))
    }
    expect(await whyTaken(port)).toBe('EADDRINUSE')
    child.kill('SIGTERM')
    await allGone()
    expect([child.exitCode, said()]).toEqual([0, ['again', 'again', 'goodbye']])
  })

  test('does not end one that does not listen for it yet', async () => {
    await using launch = await launched(polite, safetyMs, true)
    const { child, allGone, said } = launch
    // Had the first signal ended it, the second would not make it say goodbye.
    child.kill('SIGHUP')
    child.kill('SIGTERM')
    await allGone()
    expect([child.exitCode, said()]).toEqual([0, ['goodbye']])
  })
})

describe('a program that ends', { timeout: 3 * safetyMs }, () => {
  test('by itself does so although its launcher goes on, and its exit code is told', async () => {
    const lines: string[] = []
    const child = start(programOf('console.log(1); process.exitCode = 3', safetyMs), (line) =>
      lines.push(line),
    )
    expect(await child.ended).toEqual({ code: 3, how: 'ended with exit code 3' })
    await expect.poll(() => lines, { timeout: safetyMs }).toEqual(['1'])
  })

  test('by stop leaves nothing behind in its launcher', async () => {
    const before = process.listenerCount('exit')
    const child = start(programOf('setInterval(() => {}, 1_000)', safetyMs), () => null)
    expect(process.listenerCount('exit')).toBe(before + 1)
    await child.stop()
    expect(await child.ended).toMatchObject({ how: 'was ended by SIGTERM' })
    expect(process.listenerCount('exit')).toBe(before)
  })
})
