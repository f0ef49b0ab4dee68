import { readFile } from 'node:fs/promises'
import { fileURLToPath } from 'node:url'
import { promisify } from 'node:util'
import { gzip } from 'node:zlib'

/** The viewer's only file. It requests nothing from other origins. */
const path = fileURLToPath(
  import.meta.resolve('@scalar/api-reference').replace(/index\.js$/, 'browser/standalone.js'),
)

let packed: Promise<Uint8Array<ArrayBuffer>> | null = null

/** The viewer of the API's document, compressed with gzip once: 5 MB would take a request 200 ms of CPU time. */
export function referenceScript(): Promise<Uint8Array<ArrayBuffer>> {
  packed ??= readFile(path)
    .then((text) => promisify(gzip)(text))
    .then((bytes) => new Uint8Array(bytes))
  return packed
}
