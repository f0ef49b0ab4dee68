import { existsSync } from 'node:fs'
import { mkdir, readFile, writeFile } from 'node:fs/promises'
import { join } from 'node:path'
import pixelmatch from 'pixelmatch'
import { PNG } from 'pngjs'

export const accepted = join(import.meta.dirname, 'baselines')
/** What was seen instead, and where it differs; not committed. */
const out = join(import.meta.dirname, '.out')

/** Of all pixels: less than one short word, more than two builds of one browser differ by. */
const SHARE_MAX = 0.002
export const accepts = process.env['ACCEPT_PICTURES'] === '1'

/** Null when the picture is the accepted one; else what is wrong with it. With `ACCEPT_PICTURES=1` it becomes the accepted one. */
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
