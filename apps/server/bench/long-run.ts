import { claimsWaiting, nothingLeft, noticesWaiting } from './books.ts'
import { measure, otherWork, warmUpOf, type Run } from './figure.ts'
import { load, median } from './load.ts'
import { cpuMicrosOf, memoryOf } from './processes.ts'
import { comeBack, register, webhook } from './requests.ts'
import { openSite, type Site } from './site.ts'
import { bounded, type Row } from './table.ts'

const GROWTH_MIB_MAX = 8

/** P6: memory at the load of P2, and whether it grows over many payments. */
export async function p6(run: Run): Promise<Row[]> {
  const { amount, payments } = run.options
  const parts = Math.max(4, Math.ceil(payments / amount))
  await using site = await openSite({
    side: 'landfall',
    orders: { from: 0, count: parts * amount },
    profiled: run.options.profiled,
  })
  const memory: number[] = []
  for (let part = 0; part < parts; part += 1) {
    const range = { from: part * amount, count: amount }
    const once = () => measure(site, { make: webhook, status: 200, recorded: true }, range)
    // A busy moment of the machine turns some away: as a gateway does, they are sent again.
    const { requestsPerSecond } = await once().catch((error: unknown) => {
      run.say(`P6 sends a part again: ${String(error)}`)
      return once()
    })
    memory.push(memoryOf(site.server.pid).nowMiB)
    run.say(
      `P6 ${(part + 1) * amount} of ${parts * amount} payments: ${memory.at(-1)?.toFixed(0)} MiB, ${Math.round(requestsPerSecond)}/s`,
    )
  }
  const half = Math.floor(parts / 2)
  const quarter = half + Math.floor((parts - half) / 2)
  const what = `over ${(parts * amount).toLocaleString('en')} payments`
  return [
    bounded({ figure: 'P6', what: `memory at P2’s load, the most ${what}`, goal: 160, unit: 'MiB' }, [
      memoryOf(site.server.pid).peakMiB,
    ]),
    bounded(
      {
        figure: 'P6',
        what: `memory ${what}: last quarter over the third`,
        goal: GROWTH_MIB_MAX,
        unit: 'MiB more',
      },
      [median(memory.slice(quarter)) - median(memory.slice(half, quarter))],
    ),
  ]
}

const LIVES_MAX = 4_000

/** P13: what a payment costs from its order to its notice: registered, come back, two webhooks, one notice told. */
export async function p13(run: Run): Promise<Row[]> {
  const count = Math.min(LIVES_MAX, run.options.amount)
  const busy = await otherWork()
  const costs: number[] = []
  for (let round = 0; round < run.options.rounds; round += 1) {
    await using site = await openSite({
      side: 'landfall',
      orders: { from: 0, count: 0 },
      tellsShop: true,
      profiled: run.options.profiled,
    })
    const warmUp = warmUpOf(count)
    await lives(site, 0, warmUp)
    const before = cpuMicrosOf(site.server.pid)
    await lives(site, warmUp, count)
    costs.push((cpuMicrosOf(site.server.pid) - before) / count)
    run.say(
      `P13 round ${round + 1} of ${run.options.rounds}: ${Math.round(costs.at(-1) ?? 0)} µs CPU a payment`,
    )
  }
  return [
    bounded(
      {
        figure: 'P13',
        what: 'CPU over a whole life: register, return, webhook twice, notice',
        goal: 500,
        unit: 'µs',
      },
      costs,
      { otherWork: busy },
    ),
  ]
}

async function lives({ server, books }: Site, from: number, count: number): Promise<void> {
  const rest = () => nothingLeft(books, claimsWaiting)
  await load(server.url, count, 200, (index) => register(from + index))
  await load(server.url, count, 303, (index) => comeBack(from + index), { rest })
  await load(server.url, count, 200, (index) => webhook(from + index), { rest })
  await load(server.url, count, 200, (index) => webhook(from + index), { rest })
  await nothingLeft(books, noticesWaiting)
}
