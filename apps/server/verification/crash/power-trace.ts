import { claimFromWebhook, WebhookBody } from '@landfall/payment-core'
import { basename } from 'node:path'
import { receiptIdOf } from '../../src/store/receipts.ts'

/** What must be on the disk from a moment on, because somebody outside was told so. */
export type Debt = {
  readonly table: 'orders' | 'receipts' | 'cancels' | 'notices'
  readonly id: string
  /** Of a webhook, what it said: when that is recorded of the payment already, it is not written down once more. */
  readonly saying: { readonly paymentId: string; readonly cancellationId: string | null } | null
}

/** What a process did to the database's files, in its order, and what it owed from where on. */
export type Call =
  | { readonly kind: 'write'; readonly file: string; readonly at: number; readonly data: Buffer }
  | { readonly kind: 'truncate'; readonly file: string; readonly size: number }
  | { readonly kind: 'create' | 'remove' | 'sync'; readonly file: string }
  | { readonly kind: 'sync_folder' }
  | { readonly kind: 'owed'; readonly debt: Debt }

/** What strace is to write down: all that changes a file or syncs it, and what goes over sockets. */
export const traced =
  'openat,open,creat,read,readv,write,writev,pwrite64,pwritev,pwritev2,fsync,fdatasync,sync_file_range,ftruncate,truncate,fallocate,' +
  'unlink,unlinkat,rename,renameat,renameat2,sendfile,copy_file_range'

/**
 * Reads what `strace -f -y -xx` wrote of a server whose database lies in `folder`, alone. A call on those files that is not known here is an
 * error: a recording that leaves something out would prove too much.
 */
export function readTrace(text: string, folder: string): Call[] {
  const begun = new Map<string, string>()
  const wire = new Wire()
  const calls: Call[] = []
  for (const line of text.split('\n')) {
    const [, pid = '', said = ''] = /^(\d+)\s+(.*)$/.exec(line) ?? []
    if (said.endsWith('<unfinished ...>')) {
      begun.set(pid, said.slice(0, -'<unfinished ...>'.length).trimEnd())
      continue
    }
    const resumed = /^<\.\.\. \w+ resumed>\s?/.exec(said)?.[0]
    const whole = resumed === undefined ? said : `${begun.get(pid) ?? ''}${said.slice(resumed.length)}`
    calls.push(...callsOf(whole, folder, wire))
  }
  return calls
}

function callsOf(said: string, folder: string, wire: Wire): readonly Call[] {
  const [, name = '', given = '', result = ''] = /^(\w+)\((.*)\)\s+= (-?\d+)/.exec(said) ?? []
  if (name === '' || Number(result) < 0) return []
  const opened = /^\d+<([^>]*)>/.exec(given)?.[1] ?? ''
  const on = plain(opened)
  if (on.startsWith('socket:'))
    return wire.heard(name, on, bytesOf(given)).map((debt) => ({ kind: 'owed', debt }))
  const path = opened === '' || name.startsWith('open') ? pathIn(given) : on
  if (path === folder) return name.endsWith('sync') ? [{ kind: 'sync_folder' }] : []
  // The index of the log is rebuilt by whoever opens the files first: what of it was on the disk is looked at by nobody.
  if (!path.startsWith(`${folder}/`) || path.endsWith('-shm') || name === 'read') return []
  return fileCall(name, basename(path), given, Number(result))
}

function fileCall(name: string, file: string, given: string, result: number): readonly Call[] {
  const last = Number(/, (\d+)$/.exec(given)?.[1])
  switch (name) {
    case 'openat':
      return given.includes('O_CREAT') ? [{ kind: 'create', file }] : []
    case 'pwrite64':
      return [{ kind: 'write', file, at: last, data: bytesOf(given).subarray(0, result) }]
    case 'ftruncate':
      return [{ kind: 'truncate', file, size: last }]
    case 'fsync':
    case 'fdatasync':
      return [{ kind: 'sync', file }]
    case 'unlink':
      return [{ kind: 'remove', file }]
    default:
      throw new Error(`${name} on ${file}: how a power loss cuts that is not written here`)
  }
}

const plain = (hex: string): string => Buffer.from(hex.replaceAll('\\x', ''), 'hex').toString('utf8')
const pathIn = (given: string): string => plain(/"((?:\\x[0-9a-f]{2})*)"/.exec(given)?.[1] ?? '')

/** What is written or read: one buffer, or the parts of several. */
function bytesOf(given: string): Buffer {
  const parts = [...given.matchAll(/"((?:\\x[0-9a-f]{2})*)"(\.\.\.)?/g)]
  if (parts.some(([, , cut]) => cut !== undefined)) throw new Error('strace has cut what was written')
  return Buffer.from(parts.map(([, hex = '']) => hex.replaceAll('\\x', '')).join(''), 'hex')
}

/** The conversations of the server: what it has promised is what it has let go onto a socket. */
class Wire {
  readonly #asked = new Map<string, string>()

  heard(name: string, socket: string, bytes: Buffer): readonly Debt[] {
    const text = bytes.toString('utf8')
    if (name.startsWith('read')) {
      this.#asked.set(socket, `${this.#asked.get(socket) ?? ''}${text}`)
      return []
    }
    const asked = this.#asked.get(socket) ?? ''
    this.#asked.delete(socket)
    return [...(text.startsWith('HTTP/1.1 200') ? promisedBy(asked) : []), ...namedIn(text)]
  }
}

/** A 200 to a webhook or to a registration. */
function promisedBy(asked: string): readonly Debt[] {
  const [head = '', body = ''] = asked.split('\r\n\r\n')
  if (head.startsWith('POST /webhooks/portone')) {
    const isForm = /content-type: application\/x-www-form/i.test(head)
    const fields: unknown = isForm ? Object.fromEntries(new URLSearchParams(body)) : JSON.parse(body)
    const claim = claimFromWebhook(WebhookBody.parse(fields))
    if (!claim.ok) return []
    const { paymentId, cancellationId } = claim.value
    const saying = paymentId === null ? null : { paymentId, cancellationId }
    return [{ table: 'receipts', id: receiptIdOf(claim.value), saying }]
  }
  const orderId = /"orderId":"([^"]+)"/.exec(body)?.[1]
  return head.startsWith('POST /trpc/orders.register') && orderId !== undefined
    ? [{ table: 'orders', id: orderId, saying: null }]
    : []
}

/** A cancel that the shop was promised or the gateway asked for, a notice that is on its way: none may be forgotten. */
function namedIn(text: string): readonly Debt[] {
  const debts: Debt[] = []
  const add = (table: Debt['table'], id: string | undefined): void => {
    if (id !== undefined) debts.push({ table, id, saying: null })
  }
  add('notices', /^webhook-id: (\S+)\r$/im.exec(text)?.[1])
  add('cancels', /"cancelId":"([^"]+)"/.exec(text)?.[1])
  // A line of the log has a reason too, which begins with a sum.
  add('cancels', /"reason":"((?:shop|auto|hand)-\S+?): /.exec(text)?.[1])
  return debts
}
