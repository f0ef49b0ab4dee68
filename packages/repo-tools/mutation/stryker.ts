import { Stryker } from '@stryker-mutator/core'
import { mkdirSync, mkdtempSync, readFileSync, realpathSync, rmSync, symlinkSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { dirname, join, relative } from 'node:path'
import { fileURLToPath } from 'node:url'
import { drawing, NOT_DRAWN } from './draw.ts'
import { originalAt, type Tried } from './judge.ts'
import { root, type Room } from './rooms.ts'

/** What is asked of one run. Files are named from the room's package. */
export type Wish = {
  readonly files: readonly string[]
  /** How many of a million mutants are tried. */
  readonly inAMillion: number
  readonly lanes: number
}

/** Makes the mutants of the files and runs the room's tests against each: those that reach it, until the first that fails. */
export async function tryMutants(room: Room, { files, inAMillion, lanes }: Wish): Promise<Tried[]> {
  const scratch = scratchFor(room)
  const drop = (): void => rmSync(scratch, { recursive: true, force: true })
  const hasLogic = (file: string): boolean => !room.withoutLogic.includes(file)
  // However it ends: Stryker itself leaves the process when a signal comes.
  process.once('exit', drop)
  process.chdir(`${root}${room.folder}`)
  try {
    const results = await new Stryker({
      configFile: fileURLToPath(new URL('stryker.config.ts', import.meta.url)),
      mutate: [...files],
      // No test is related to what holds only types, and Stryker would have none to run.
      vitest: { configFile: `${root}${room.settings}`, related: files.some(hasLogic) },
      plugins: [
        import.meta.resolve('@stryker-mutator/vitest-runner'),
        import.meta.resolve('./document-texts.ts'),
        drawing(inAMillion),
      ],
      concurrency: lanes,
      tempDirName: join(scratch, dirname(room.folder)),
    }).runMutationTest()
    return results
      .filter(({ status, statusReason }) => status !== 'Ignored' && statusReason !== NOT_DRAWN)
      .map(({ fileName, location, replacement, mutatorName, status, static: isStatic = false }) => {
        const file = relative(root, fileName)
        const place = originalAt(readFileSync(`${root}${file}`, 'utf8'), location)
        return { ...place, file, replacement, kind: mutatorName, status, isStatic }
      })
  } finally {
    process.chdir(root)
    process.off('exit', drop)
    drop()
  }
}

/**
 * A folder outside the repository in which Stryker's copy of the package lies as deep as the package does here: what its tests reach above
 * them is there, and what they write above them is dropped with it.
 */
function scratchFor({ folder }: Room): string {
  const scratch = mkdtempSync(join(realpathSync(tmpdir()), 'landfall-mutation-'))
  for (const parent of new Set([dirname(folder), 'packages'])) mkdirSync(join(scratch, parent))
  symlinkSync(fileURLToPath(new URL('..', import.meta.url)), join(scratch, 'packages/repo-tools'))
  return scratch
}
