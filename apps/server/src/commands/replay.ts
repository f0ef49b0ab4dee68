import { OrderView, ReplayAnswer, type ReplayInput } from '@landfall/payment-core'
import { runningServer, settingsOfRunning, Unanswered, type RunningServer } from './running-server.ts'
import { InvalidArguments, type ExitCode, type Terminal } from './terminal.ts'

export type ReplayOptions = {
  readonly order?: string
  readonly notice?: string
  readonly since?: string
}

/** Has a running server send notices again, under the same ids. */
export async function replay(options: ReplayOptions, terminal: Terminal): Promise<ExitCode> {
  const { order, notice, since } = options
  if ([order, notice, since].filter((each) => each !== undefined).length !== 1)
    throw new InvalidArguments('Give one of --order, --notice and --since.')
  const fromMs = since === undefined ? null : timeOf(since, Date.now())
  const server = runningServer(settingsOfRunning(await terminal.environment()))
  try {
    const wishes =
      fromMs === null ? await wishesOf(server, order, notice) : [{ from: fromMs, to: Date.now() + 1 }]
    let replayed = 0
    for (const wish of wishes)
      replayed += (await server.call('POST', '/v1/notices/replay', ReplayAnswer, wish)).replayed
    const sent = replayed === 1 ? '1 notice is' : `${replayed} notices are`
    terminal.out(`${sent} sent again. Those that were still waiting are tried now.\n`)
    return 0
  } catch (error) {
    if (!(error instanceof Unanswered)) throw error
    terminal.error(`${error.message}\n`)
    return 1
  }
}

async function wishesOf(
  server: RunningServer,
  orderId: string | undefined,
  id: string | undefined,
): Promise<readonly ReplayInput[]> {
  if (id !== undefined) return [{ id }]
  const order = await server.call('GET', `/v1/orders/${encodeURIComponent(orderId ?? '')}`, OrderView)
  return order.notices.map((notice) => ({ id: notice.id }))
}

const UNITS_MS = { m: 60_000, h: 3_600_000, d: 86_400_000 } as const

/** `90m`, `2h` and `3d` ago, or a time with its zone. */
function timeOf(text: string, nowMs: number): number {
  const [, count, unit] = /^(\d{1,6})([mhd])$/.exec(text) ?? []
  if (unit === 'm' || unit === 'h' || unit === 'd') return nowMs - Number(count) * UNITS_MS[unit]
  const ms = /^\d{4}-\d\d-\d\dT\d\d:\d\d.*(Z|[+-]\d\d:\d\d)$/.test(text) ? Date.parse(text) : Number.NaN
  if (Number.isNaN(ms) || ms > nowMs)
    throw new InvalidArguments('--since needs 90m, 2h, 3d, or a past time such as 2026-11-02T12:00+09:00.')
  return ms
}
