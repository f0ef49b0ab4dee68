import { parseArgs } from 'node:util'
import { decide } from '../src/index.ts'
import { confluence } from './confluence.ts'
import { recordInProof } from './record-in-proof.ts'

const help = `proof confluence [--truths N] [--seed S]
  N random gateway truths, each with its claims in all their orders: the same facts come to the same end`

const { values } = parseArgs({
  options: {
    truths: { type: 'string', default: '10000' },
    seed: { type: 'string', default: '1' },
    help: { type: 'boolean', default: false },
  },
})
const [truths, seed] = [Number(values.truths), Number(values.seed)]

if (values.help || !Number.isInteger(truths) || truths < 1 || !Number.isInteger(seed)) console.log(help)
else {
  const begun = performance.now()
  const report = confluence(truths, seed, decide, (done) => {
    if (done % 1_000 === 0) console.log(`${done} truths`)
  })
  const { courses, parted } = report
  for (const each of parted.slice(0, 20)) console.log(`  ${each}`)
  const seconds = (performance.now() - begun) / 1_000
  console.log(
    `${parted.length === 0 ? 'the same facts, the same end' : `${parted.length} PARTED`}: ${truths} truths, ${courses} courses of claims, ` +
      `seed ${seed}, ${seconds.toFixed(0)} s`,
  )
  if (parted.length === 0 && truths >= 10_000)
    recordInProof('Confluence', `npx -y pnpm proof confluence --truths ${truths} --seed ${seed}`, [
      `${truths.toLocaleString('en')} random gateway truths, ${courses.toLocaleString('en')} courses of claims, ${seconds.toFixed(0)} s; none parted.`,
      'Whatever the order, loss, delay or repetition of claims: the same final status, balance and notice ids, up to which of two good payments is kept.',
    ])
  process.exitCode = parted.length === 0 ? 0 : 1
}
