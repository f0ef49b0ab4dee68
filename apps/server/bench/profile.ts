import { writeFileSync } from 'node:fs'
import { Session } from 'node:inspector/promises'

/**
 * Loaded before a program whose measured phase is to be profiled: samples it between the messages `begin` and `end`, and answers each once it
 * has come to pass. What it writes opens as a flame graph in Chrome's developer tools and in speedscope.
 */
const SAMPLE_EVERY_MICROS = 250
const session = new Session()
session.connect()

async function hear(what: unknown): Promise<void> {
  if (what === 'begin') {
    await session.post('Profiler.enable')
    await session.post('Profiler.setSamplingInterval', { interval: SAMPLE_EVERY_MICROS })
    await session.post('Profiler.start')
  } else {
    const { profile } = await session.post('Profiler.stop')
    writeFileSync(process.env['PROFILE_INTO'] ?? 'landfall.cpuprofile', JSON.stringify(profile))
  }
  process.send?.('done')
}

process.on('message', (what) => void hear(what))
// The program ends as it would without us.
process.channel?.unref()
