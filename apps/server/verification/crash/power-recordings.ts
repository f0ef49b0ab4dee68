import { existsSync, mkdirSync, readFileSync, writeFileSync } from 'node:fs'
import { dirname } from 'node:path'
import { fileURLToPath } from 'node:url'
import { brotliCompressSync, brotliDecompressSync, constants } from 'node:zlib'
import { z } from 'zod'
import type { Recording } from './power-record.ts'
import type { Call } from './power-trace.ts'

/** Recordings that are kept, for machines on which none can be made: `npx -y pnpm proof power --keep` writes them anew. */
export const kept = { full: pathOf('full'), normal: pathOf('normal') }

function pathOf(name: string): string {
  return fileURLToPath(new URL(`recordings/${name}.br`, import.meta.url))
}

const Debt = z.object({
  table: z.enum(['orders', 'receipts', 'cancels', 'notices']),
  id: z.string(),
  saying: z.object({ paymentId: z.string(), cancellationId: z.string().nullable() }).nullable().default(null),
})
/** A call without what it wrote: that follows the list, one write after the other. */
const Line = z.union([
  z.object({ kind: z.literal('write'), file: z.string(), at: z.number(), length: z.number() }),
  z.object({ kind: z.literal('truncate'), file: z.string(), size: z.number() }),
  z.object({ kind: z.enum(['create', 'remove', 'sync']), file: z.string() }),
  z.object({ kind: z.literal('sync_folder') }),
  z.object({ kind: z.literal('owed'), debt: Debt }),
])
const Head = z.object({ settings: z.string(), lines: z.array(Line) })

/** Pages come again and again with little changed: looked for far enough back, ten megabytes are a hundred kilobytes. */
const WINDOW_BITS = 24
const LENGTH_BYTES = 4

export function keep(path: string, { settings, calls }: Recording): void {
  const lines = calls.map((call) =>
    call.kind === 'write'
      ? { kind: call.kind, file: call.file, at: call.at, length: call.data.length }
      : call,
  )
  const head = Buffer.from(JSON.stringify({ settings, lines }))
  const length = Buffer.alloc(LENGTH_BYTES)
  length.writeUInt32BE(head.length)
  const written = calls.flatMap((call) => (call.kind === 'write' ? [call.data] : []))
  const params = { [constants.BROTLI_PARAM_LGWIN]: WINDOW_BITS, [constants.BROTLI_PARAM_QUALITY]: 9 }
  mkdirSync(dirname(path), { recursive: true })
  writeFileSync(path, brotliCompressSync(Buffer.concat([length, head, ...written]), { params }))
}

export function readKept(path: string): Recording {
  if (!existsSync(path)) throw new Error(`${path} is not there`)
  const bytes = brotliDecompressSync(readFileSync(path))
  let at = LENGTH_BYTES + bytes.readUInt32BE(0)
  const text = bytes.subarray(LENGTH_BYTES, at).toString('utf8')
  const { settings, lines } = Head.parse(JSON.parse(text))
  const calls = lines.map((line): Call => {
    if (line.kind !== 'write') return line
    const data = bytes.subarray(at, (at += line.length))
    return { kind: line.kind, file: line.file, at: line.at, data }
  })
  return { settings, calls }
}
