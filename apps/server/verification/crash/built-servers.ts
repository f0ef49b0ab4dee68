import { execFile } from 'node:child_process'
import { mkdtempSync, rmSync } from 'node:fs'
import { fileURLToPath } from 'node:url'
import { promisify } from 'node:util'

export type BuiltServers = Disposable & {
  /** The server as `start` runs it. */
  readonly main: string
  /** `points.js <point> <passages>`: the same modules, killing themselves. */
  readonly points: string
}

const server = fileURLToPath(new URL('../..', import.meta.url))

/**
 * Builds the server for one run of a proof, into a folder beside `built`, where the paths beside its modules hold. A life that is built starts
 * in a fifth of the time of the sources: more lives, and more of each under load.
 */
export async function buildServers(signal?: AbortSignal): Promise<BuiltServers> {
  const folder = mkdtempSync(`${server}built-`)
  const clear = (): void => rmSync(folder, { recursive: true, force: true })
  const build = ['node_modules/vite/bin/vite.js', 'build', '--config', 'verification/crash/build.config.ts']
  try {
    await promisify(execFile)(process.execPath, [...build, '--outDir', folder, '--logLevel', 'warn'], {
      cwd: server,
      env: { NODE_ENV: 'production' },
      ...(signal === undefined ? {} : { signal }),
    })
  } catch (error) {
    clear()
    throw error
  }
  return { main: `${folder}/main.js`, points: `${folder}/points.js`, [Symbol.dispose]: clear }
}
