// `pnpm test`: everything a change needs to be trusted.

import { interruption, run } from '../proof/run.ts'

const tasks = ['format', 'lint', 'types', 'test', 'build', 'e2e', 'canary']

console.log(`This takes 4 to 5 minutes on two processors: ${tasks.join(', ')}.`)
const args = ['node_modules/turbo/bin/turbo', 'run', ...tasks, '--output-logs=new-only']
const { code } = await run({ folder: '.', args }, interruption())
process.exitCode = code
