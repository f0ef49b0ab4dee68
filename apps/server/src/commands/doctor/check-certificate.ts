import { once } from 'node:events'
import { isIP } from 'node:net'
import { connect, type TLSSocket } from 'node:tls'
import { durationText, notTried, right, wrong, type Finding } from './finding.ts'
import { whyUnreachable } from './unreachable.ts'

const DEADLINE_MS = 10_000
/** Renewal has failed by then: certificates of Let's Encrypt are renewed a month before their end. */
const LEFT_MIN_MS = 14 * 86_400_000

/** Whether browsers will trust the public address, and for how long. `trusted` replaces the machine's authorities. */
export async function checkCertificate(publicUrl: string, nowMs: number, trusted?: string): Promise<Finding> {
  const check = 'certificate'
  const { protocol, hostname, port, host } = new URL(publicUrl)
  if (protocol === 'http:') return notTried(check, 'PUBLIC_URL is plain http, for this machine alone')
  const name = hostname.replaceAll(/[[\]]/g, '')
  const socket = connect({
    host: name,
    port: port === '' ? 443 : Number(port),
    ...(isIP(name) === 0 ? { servername: name } : {}),
    ...(trusted === undefined ? {} : { ca: trusted }),
    // A bad certificate is read too, to tell what is wrong with it.
    rejectUnauthorized: false,
    timeout: DEADLINE_MS,
  })
  socket.once('timeout', () => socket.destroy(Object.assign(new Error('no answer'), { code: 'ETIMEDOUT' })))
  try {
    await once(socket, 'secureConnect')
    return findingOf(socket, host, nowMs)
  } catch (error) {
    const cause = error instanceof Error && 'code' in error ? String(error.code) : String(error)
    const { found, advice } = whyUnreachable(cause)
    return wrong(check, `${host} ${found}`, `${advice} The address is PUBLIC_URL.`)
  } finally {
    socket.destroy()
  }
}

function findingOf(socket: TLSSocket, host: string, nowMs: number): Finding {
  const check = 'certificate'
  const leftMs = Date.parse(socket.getPeerCertificate().valid_to) - nowMs
  if (!socket.authorized) {
    const { found, advice } = whyUnreachable(String(socket.authorizationError))
    return wrong(check, `${host} ${found}`, `${advice} Customers’ browsers stop there.`)
  }
  if (leftMs < LEFT_MIN_MS)
    return wrong(
      check,
      `${host}’s certificate ends in ${durationText(Math.max(0, leftMs))}`,
      'Renew it, and see why it was not renewed by itself.',
    )
  return right(check, `${host} is trusted for ${durationText(leftMs)} more`)
}
