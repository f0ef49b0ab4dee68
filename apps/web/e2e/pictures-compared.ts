import { existsSync } from 'node:fs'
import { mkdir, readFile, writeFile } from 'node:fs/promises'
import { join } from 'node:path'
import pixelmatch from 'pixelmatch'
import { PNG } from 'pngjs'

export const accepted = join(import.meta.dirname, 'baselines')
/** The folder of the differing pictures and their differences. It is not committed. */
const out = join(import.meta.dirname, '.out')

/** The tolerated share of pixels: less than one short word, more than the difference between two builds of one browser. */
const SHARE_MAX = 0.002
export const accepts = process.env['ACCEPT_PICTURES'] === '1'

/** Compares a picture with the accepted one. Null: equal. `ACCEPT_PICTURES=1` accepts the new picture. */
export async function differenceFrom(name: string, picture: Buffer): Promise<string | null> {
  const path = join(accepted, `${name}.png`)
  if (accepts) {
    await mkdir(accepted, { recursive: true })
    await writeFile(path, picture)
    return null
  }
  if (!existsSync(path)) return `${name}: no accepted picture. ${howToAccept}`
  const [was, is] = [PNG.sync.read(await readFile(path)), PNG.sync.read(picture)]
  const diff = new PNG({ width: was.width, height: was.height })
  const sameSize = was.width === is.width && was.height === is.height
  const { width, height } = was
  const pixels = sameSize ? pixelmatch(was.data, is.data, diff.data, width, height, { threshold: 0.2 }) : null
  if (pixels !== null && pixels <= width * height * SHARE_MAX) return null
  await mkdir(out, { recursive: true })
  await writeFile(join(out, `${name}.png`), picture)
  if (sameSize) await writeFile(join(out, `${name}.diff.png`), PNG.sync.write(diff))
  const what = sameSize
    ? `${pixels} pixels differ`
    : `${is.width} × ${is.height} instead of ${width} × ${height}`
  return `${name}: ${what}, see ${join(out, name)}*.png. ${howToAccept}`
}

const howToAccept = 'To accept: pnpm --filter @landfall/web accept-pictures'
