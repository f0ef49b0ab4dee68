import { z } from 'zod'
import type { Config } from '../../config/config.ts'
import type { Http } from '../../gateway/http.ts'
import { DOCTOR_HEADER, doctorPass, SeenCaller } from '../../http/doctor-pass.ts'
import { right, wrong, type Finding } from './finding.ts'

const DEADLINE_MS = 10_000
const ANSWER_BYTES_MAX = 65_536
/** An address of documentation (RFC 5737), as a caller would forge one. */
const FORGED = '192.0.2.1'
const NGINX = 'In nginx: proxy_set_header X-Forwarded-For $proxy_add_x_forwarded_for;'

const Seen = z.object({ status: z.literal('doctor'), seen: SeenCaller })

type ProxySettings = Pick<Config, 'publicUrl' | 'port' | 'secrets'>

/** Asks the server, which answers at the public address, how the doctor's own request arrived. */
export async function checkProxy(http: Http, settings: ProxySettings, nowMs: number): Promise<Finding> {
  const [secret = ''] = settings.secrets.tokenSecrets
  const answer = await http({
    method: 'POST',
    url: `${settings.publicUrl}/webhooks/portone`,
    headers: {
      'content-type': 'application/json',
      [DOCTOR_HEADER]: doctorPass(secret, nowMs),
      authorization: 'Bearer landfall-doctor',
      'x-forwarded-for': FORGED,
    },
    body: '{}',
    deadlineMs: DEADLINE_MS,
    answerBytesMax: ANSWER_BYTES_MAX,
  })
  const told = Seen.safeParse(answer.ok ? jsonOf(answer.value.text) : null)
  return told.success ? proxyFinding(told.data.seen, isProxied(settings)) : unrecognised
}

const unrecognised = wrong(
  'proxy headers',
  'the server does not recognise the doctor’s own header',
  `A proxy strips the header ${DOCTOR_HEADER}, so perhaps others: let it pass all on. Or the server runs with another ` +
    'TOKEN_SECRET or version: restart it.',
)

/** The server speaks plain HTTP on its own port. Anything else at the public address is something in front of it. */
function isProxied({ publicUrl, port }: ProxySettings): boolean {
  const url = new URL(publicUrl)
  return url.protocol === 'https:' || Number(url.port === '' ? 80 : url.port) !== port
}

/** What arrived of the request, and what that says about the proxy. */
export function proxyFinding(seen: SeenCaller, isBehindProxy: boolean): Finding {
  const check = 'proxy headers'
  const { peer, isTrusted, forwardedFor, client } = seen
  if (!isBehindProxy) return right(check, `no proxy: the server sees its callers’ own addresses (${peer})`)
  if (!seen.hasAuthorization)
    return wrong(
      check,
      `the proxy at ${peer} strips Authorization`,
      'Let it pass the header on: the shop’s programs send their key in it.',
    )
  if (forwardedFor === null)
    return wrong(
      check,
      `the proxy at ${peer} strips X-Forwarded-For: all customers count as one address`,
      isTrusted ? NGINX : `${NGINX}\nAnd set TRUSTED_PROXIES=${peer}, or its network.`,
    )
  if (forwardedFor.split(',').at(-1)?.trim() === FORGED)
    return wrong(
      check,
      `the proxy at ${peer} passes on any X-Forwarded-For that a caller writes`,
      `It must add the caller’s address, or anybody can take another’s. ${NGINX}`,
    )
  if (!isTrusted)
    return wrong(
      check,
      `X-Forwarded-For comes from ${peer}, which TRUSTED_PROXIES does not list`,
      `Set TRUSTED_PROXIES=${peer}, or its network. Until then all customers count as one address.`,
    )
  return right(check, `the proxy at ${peer} tells the callers’ addresses (this one: ${client})`)
}

function jsonOf(text: string): unknown {
  try {
    return JSON.parse(text)
  } catch {
    return null
  }
}
