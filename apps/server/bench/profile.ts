import { writeFileSync } from 'node:fs'
import { Session } from 'node:inspector/promises'
import { getHeapSpaceStatistics } from 'node:v8'

/**
 * Loaded before a program whose measured phase is to be profiled: samples it between the messages `begin` and `end`, and answers each once it
 * has come to pass. What it writes opens in Chrome's developer tools: `*.cpuprofile` in speedscope too, as a flame graph; `*.heapprofile` tells
 * who allocated, and the file beside it what the process held at the end, before and after everything dead was swept.
 */
const into = process.env['PROFILE_INTO'] ?? 'landfall.cpuprofile'
const SAMPLE_EVERY_MICROS = 250
const SAMPLE_EVERY_BYTES = 64 * 1024
const session = new Session()
session.connect()

const cpu = {
  begin: async () => {
    await session.post('Profiler.enable')
    await session.post('Profiler.setSamplingInterval', { interval: SAMPLE_EVERY_MICROS })
    await session.post('Profiler.start')
  },
  end: async () => {
    const { profile } = await session.post('Profiler.stop')
    writeFileSync(into, JSON.stringify(profile))
  },
}

const heap = {
  begin: () =>
    session.post('HeapProfiler.startSampling', {
      samplingInterval: SAMPLE_EVERY_BYTES,
      // What is dead by now as well: that is what makes a heap grow between two sweeps.
      includeObjectsCollectedByMajorGC: true,
      includeObjectsCollectedByMinorGC: true,
    }),
  end: async () => {
    const before = held()
    const { profile } = await session.post('HeapProfiler.stopSampling')
    await session.post('HeapProfiler.collectGarbage')
    writeFileSync(into, JSON.stringify({ ...profile, held: { before, swept: held() } }))
  },
}

const held = () => ({
  memory: process.memoryUsage(),
  spaces: getHeapSpaceStatistics().map((each) => ({
    name: each.space_name,
    committed: each.space_size,
    used: each.space_used_size,
  })),
})

async function hear(what: unknown): Promise<void> {
  const { begin, end } = into.endsWith('.heapprofile') ? heap : cpu
  await (what === 'begin' ? begin() : end())
  process.send?.('done')
}

process.on('message', (what) => void hear(what))
// The program ends as it would without us.
process.channel?.unref()
