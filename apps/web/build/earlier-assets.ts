import { existsSync } from 'node:fs'
import { cp, mkdir, readdir, rm, stat, utimes } from 'node:fs/promises'
import { join } from 'node:path'

/** How long replaced scripts and styles stay available to pages that were written with them. */
const KEPT_MS = 24 * 3_600_000

/**
 * Call it before a build empties `root`. Copies the assets of the last build to `<root>-earlier`, which the server serves beside the new
 * ones, and deletes those that were replaced more than a day ago. A file's modification time is the time of its last replacement.
 */
export async function keepEarlierAssets(root: string, nowMs: number): Promise<void> {
  const [built, earlier] = [join(root, 'assets'), join(`${root}-earlier`, 'assets')]
  await mkdir(earlier, { recursive: true })
  for (const name of await readdir(earlier)) {
    const replaced = await stat(join(earlier, name))
    if (nowMs - replaced.mtimeMs > KEPT_MS) await rm(join(earlier, name))
  }
  if (!existsSync(built)) return
  for (const name of await readdir(built)) {
    await cp(join(built, name), join(earlier, name))
    await utimes(join(earlier, name), nowMs / 1_000, nowMs / 1_000)
  }
}
