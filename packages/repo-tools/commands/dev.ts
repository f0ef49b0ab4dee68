// `npx -y pnpm dev`: sandbox, server, web and the shop of examples/express together, on this machine alone, with example values.

import { setTimeout as wait } from 'node:timers/promises'
import { askedToStop, start } from '../run/child.ts'
import type { Program } from '../run/child.ts'
import {
  addressesFor,
  exampleEnvironment,
  portNames,
  portsOf,
  setIn,
  shopEnvironment,
} from '../run/environment.ts'
import type { Environment, Ports } from '../run/environment.ts'
import { whyTaken } from '../run/ports.ts'
import { startRestarting } from '../run/restarting.ts'

const root = `${import.meta.dirname}/../../..`
const readyWithinMs = 60_000
const askEveryMs = 200
const graceMs = 5_000
type Part = Exclude<keyof Ports, 'sandboxV2'>
const hasOwnShop = (process.env['SHOP_URL'] ?? '') !== ''
const around: readonly Part[] = ['sandbox', 'server', 'web']
/** Whoever names a shop of their own runs it themselves. */
const parts: readonly Part[] = hasOwnShop ? around : [...around, 'shop']
const usuallyReadyAfter = '10 s'
/** What the server is made of. Vite follows the web's sources itself. */
const serverSources = ['apps/server/src', 'packages/payment-core/src']

process.exitCode = await main()

async function main(): Promise<number> {
  const asked: Environment = { ...exampleEnvironment(root), ...setIn(process.env) }
  const ports = portsOf(asked)
  if (typeof ports === 'string') return complain(ports)
  const taken = await takenPort(ports)
  if (taken !== null) return complain(taken)

  const environment = {
    ...asked,
    NODE_ENV: 'development',
    ...addressesFor(ports),
    ...(hasOwnShop ? { NOTIFY_URL: '' } : {}),
    ...setIn(process.env),
  }
  const stopAsked = askedToStop()
  const stops: Stop[] = []
  try {
    return await run(ports, environment, stops, stopAsked)
  } finally {
    await Promise.all(stops.map((stop) => stop()))
  }
}

type Stop = () => Promise<void>
type End = { kind: 'asked' } | { kind: 'broken'; why: string }

/** Starts the parts and stays until one of them, or the person at the keyboard, ends it. Returns the exit code. */
async function run(
  ports: Ports,
  environment: Environment,
  stops: Stop[],
  stopAsked: Promise<unknown>,
): Promise<number> {
  say('dev', `starting ${parts.join(', ')}: usually ready after ${usuallyReadyAfter}`)
  const startedAt = Date.now()
  const { server, ...others } = programs(ports, environment)
  const children = Object.values(others)
    .filter(({ name }) => parts.includes(name))
    .map((program) => start(program, (line) => say(program.name, line)))
  const folders = serverSources.map((folder) => `${root}/${folder}`)
  const restarting = startRestarting(server, folders, (line) => say('server', line))
  stops.push(restarting.stop, ...children.map((child) => child.stop))
  const end = Promise.race([
    stopAsked.then((): End => ({ kind: 'asked' })),
    ...children.map(async (child): Promise<End> => ({
      kind: 'broken',
      why: `the ${child.name} ${(await child.ended).how}`,
    })),
  ])
  const late: End = { kind: 'broken', why: `not everything answered within ${readyWithinMs / 1000} seconds` }
  const ready = Promise.all(parts.map((part) => answers(part, answerUrls(ports)[part], startedAt)))
  const crashed = restarting.failed.then(({ how }): End => ({ kind: 'broken', why: `the server ${how}` }))

  // Before the first answer a crash of the server is the end; after it, an error in an edit that the next one mends.
  const unready = await Promise.race([
    ready.then(() => null),
    end,
    crashed,
    wait(readyWithinMs, late, { ref: false }),
  ])
  if (unready === null) say('dev', whereToClick(ports))
  const reason = unready ?? (await end)
  if (reason.kind === 'broken')
    return complain(`Stopping everything: ${reason.why}. Its last lines above say why.`)
  say('dev', 'stopping')
  return 0
}

type PartProgram = Program & { name: Part }

function programs(ports: Ports, environment: Environment): Record<Part, PartProgram> {
  const vite = [
    'node_modules/vite/bin/vite.js',
    '--port',
    String(ports.web),
    '--strictPort',
    '--clearScreen',
    'false',
  ]
  return {
    sandbox: {
      name: 'sandbox',
      args: ['packages/gateway-sandbox/src/bin.ts'],
      folder: root,
      environment,
      graceMs,
    },
    server: {
      name: 'server',
      args: ['apps/server/src/main.ts'],
      folder: root,
      environment,
      graceMs,
    },
    web: { name: 'web', args: vite, folder: `${root}/apps/web`, environment, graceMs },
    shop: {
      name: 'shop',
      args: ['server.js'],
      folder: `${root}/examples/express`,
      environment: shopEnvironment(root, environment),
      graceMs,
    },
  }
}

function answerUrls(ports: Ports): Record<Part, string> {
  return {
    sandbox: `http://127.0.0.1:${ports.sandbox}/`,
    server: `http://127.0.0.1:${ports.server}/readyz`,
    web: `http://localhost:${ports.web}/`,
    shop: `http://localhost:${ports.shop}/`,
  }
}

/** Resolves when the address gives a good answer. Who waits for it sets the bound. */
async function answers(part: Part, url: string, startedAt: number): Promise<void> {
  while (!(await isGood(url))) await wait(askEveryMs, undefined, { ref: false })
  say('dev', `${part} answers after ${((Date.now() - startedAt) / 1000).toFixed(1)} s`)
}

async function isGood(url: string): Promise<boolean> {
  try {
    const response = await fetch(url, { signal: AbortSignal.timeout(5_000) })
    await response.body?.cancel()
    return response.ok
  } catch {
    return false
  }
}

async function takenPort(ports: Ports): Promise<string | null> {
  const listening: ReadonlyArray<keyof Ports> = [...parts, 'sandboxV2']
  for (const part of listening) {
    const port = ports[part]
    const why = await whyTaken(port)
    if (why === null) continue
    if (why === 'EACCES')
      return `Port ${port} (${part}) is not ours to use: choose one above 1023 with ${portNames[part]}.`
    const example = `${portNames[part]}=${port + 1} npx -y pnpm dev`
    return `Port ${port} (${part}) is in use: stop the program that uses it, or choose another port:\n  ${example}`
  }
  return null
}

function whereToClick(ports: Ports): string {
  return [
    'everything is ready',
    '',
    `  The shop             ${hasOwnShop ? process.env['SHOP_URL'] : answerUrls(ports).shop}    buy something, as a phone in the device mode if you can`,
    `  The gateway sandbox  http://localhost:${ports.sandbox}/    its payments: deposit, cancel, send webhooks`,
    `  The same for V2      http://localhost:${ports.sandboxV2}/`,
    `  The API              http://localhost:${ports.server}/docs`,
    '',
    '  Ctrl-C stops everything.',
    '',
  ].join('\n')
}

function say(name: string, text: string): void {
  for (const line of text.split('\n')) process.stdout.write(line === '' ? '\n' : `[${name}] ${line}\n`)
}

function complain(sentence: string): number {
  process.stderr.write(`${sentence}\n`)
  return 1
}
