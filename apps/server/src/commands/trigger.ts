import { OrderView, RegisterAnswer, Story } from '@landfall/payment-core'
import { storySay, storySentence } from '@landfall/payment-core/story-words'
import { setTimeout as pause } from 'node:timers/promises'
import { z } from 'zod'
import { isLoopback } from '../config/loopback.ts'
import { wrapped } from '../journey/requests/story/wrapped.ts'
import { runningServer, settingsOfRunning, Unanswered, type RunningServer } from './running-server.ts'
import { stories, type Said, type Step, type TriggerStory } from './stories.ts'
import { InvalidArguments, type ExitCode, type Terminal } from './terminal.ts'

const AMOUNT = 14_000
const WAIT_MS = 30_000
const ASK_EVERY_MS = 100
/** Of a sentence's second line, below its first. */
const INDENT = 12

/** Plays a story of the sandbox for a new order, and prints what Landfall says of it. */
export async function trigger(name: string, terminal: Terminal): Promise<ExitCode> {
  const story = Object.hasOwn(stories, name) ? stories[name] : undefined
  if (story === undefined)
    throw new InvalidArguments(
      name === '' ? 'Name a story; --list shows all.' : `There is no story '${name}'; --list shows all.`,
    )
  const settings = settingsOfRunning(await terminal.environment())
  const sandboxUrl = settings['PORTONE_V1_URL'] ?? ''
  if (!URL.canParse(sandboxUrl) || !isLoopback(sandboxUrl)) {
    terminal.error('PORTONE_V1_URL is no sandbox on this machine: stories are for npx -y pnpm dev.\n')
    return 1
  }
  try {
    const orderId = `trigger-${name}-${Date.now().toString(36)}`
    return await play(story, orderId, {
      terminal,
      server: runningServer(settings),
      control: controlOf(sandboxUrl),
    })
  } catch (error) {
    if (!(error instanceof Unanswered)) throw error
    terminal.error(`${error.message}\n`)
    return 1
  }
}

/** The stories, one a line. */
export function listStories({ out }: Terminal): ExitCode {
  for (const [name, { about }] of Object.entries(stories)) out(`${name.padEnd(16)}${about}\n`)
  return 0
}

type Stage = { readonly terminal: Terminal; readonly server: RunningServer; readonly control: ControlCall }
type ControlCall = (path: string, body: object) => Promise<unknown>

async function play({ about, steps }: TriggerStory, orderId: string, stage: Stage): Promise<ExitCode> {
  const { terminal, server, control } = stage
  const order = { orderId, name: `landfall trigger: ${about}`.slice(0, 100), amount: AMOUNT }
  const { returnUrl } = await server.call('POST', '/v1/orders', RegisterAnswer, order)
  terminal.out(`${wrapped(`Order ${orderId}: ${about} (times of Seoul).`, 2)}\n`)
  const open = async (): Promise<string> => {
    const asked = { merchantUid: orderId, amount: AMOUNT, mRedirectUrl: returnUrl }
    return z.object({ impUid: z.string() }).parse(await control('/open', asked)).impUid
  }
  const payments = [await open()]
  let isAsTold = true
  for (const step of steps) {
    if (step.control === 'open') payments.push(await open())
    else await take(step, payments, control)
    if (step.isLookedAt === true) await server.call('POST', `/v1/orders/${orderId}/reconcile`, OrderView, {})
    if (step.says !== undefined) isAsTold &&= await says(server, orderId, step.says)
  }
  await tell(server, orderId, terminal)
  terminal.out(`  The customer’s screen: ${returnUrl}\n`)
  if (!isAsTold)
    terminal.error(
      `That is not what this story says within ${WAIT_MS / 1_000} s: see the log of the server.\n`,
    )
  return isAsTold ? 0 : 1
}

const Ended = z.object({
  redirectUrl: z.string().nullable(),
  form: z.record(z.string(), z.string()).nullable(),
  times: z.number(),
})

/** Does one step, and comes back as the browser that the window sends back. */
async function take(step: Step, payments: readonly string[], control: ControlCall): Promise<void> {
  const paymentId = step.isOfFirst === true ? payments[0] : payments.at(-1)
  const ended = Ended.safeParse(await control(`/payments/${paymentId}/${step.control}`, step.body ?? {}))
  const { redirectUrl, form, times } = ended.success
    ? ended.data
    : { redirectUrl: null, form: null, times: 0 }
  const asForm = form === null ? {} : { method: 'POST', body: new URLSearchParams(form) }
  for (let time = 0; redirectUrl !== null && time < times; time += 1)
    await (await fetch(redirectUrl, { redirect: 'manual', ...asForm })).body?.cancel()
}

/** Waits until Landfall says what the story expects. */
async function says(server: RunningServer, orderId: string, said: Said): Promise<boolean> {
  const endsAtMs = Date.now() + WAIT_MS
  while (Date.now() < endsAtMs) {
    const { status, notices } = await server.call('GET', `/v1/orders/${orderId}`, OrderView)
    const types = notices.map(({ type }) => type)
    if (status === said.status && types.join() === said.notices.join()) return true
    await pause(ASK_EVERY_MS)
  }
  return false
}

async function tell(server: RunningServer, orderId: string, { out }: Terminal): Promise<void> {
  const { lines } = await server.call('GET', `/v1/orders/${orderId}/story`, Story)
  for (const line of lines)
    out(`${wrapped(`  ${storySay.en.time(line.at)}  ${storySentence(line, 'en')}`, INDENT)}\n`)
  const { status, notices } = await server.call('GET', `/v1/orders/${orderId}`, OrderView)
  const told = notices.map(({ type, state }) => `${type} (${state})`).join(', ') || 'none'
  out(`${wrapped(`  Status: ${status}. Notices: ${told}.`, 4)}\n`)
}

function controlOf(sandboxUrl: string): ControlCall {
  return async (path, body) => {
    const url = new URL(`/control${path}`, sandboxUrl)
    const headers = { 'content-type': 'application/json' }
    try {
      const answer = await fetch(url, { method: 'POST', headers, body: JSON.stringify(body) })
      if (answer.ok) return await answer.json()
      throw new Unanswered(`The sandbox refuses ${path}: ${await answer.text()}`)
    } catch (error) {
      if (error instanceof Unanswered) throw error
      throw new Unanswered(`The sandbox does not answer at ${sandboxUrl}: does npx -y pnpm dev run?`, {
        cause: error,
      })
    }
  }
}
