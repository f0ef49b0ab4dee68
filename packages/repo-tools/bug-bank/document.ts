// `npx -y pnpm exec node packages/repo-tools/bug-bank/document.ts`: writes docs/bug-bank.md from the list.

import { writeFileSync } from 'node:fs'
import { fileURLToPath } from 'node:url'
import { root, type Mutant } from './mutant.ts'
import { chapters, mutants } from './mutants.ts'

export const documentPath = `${root}docs/bug-bank.md`

const heading = `# Known bugs, and the tests that find them

Bugs that software of this kind is publicly known for, each made again in our code. \`npx -y pnpm proof bugs\` puts them in one at a
time, in memory alone, and runs the test named here: it passes without the bug, and must fail with it by what it expects. A bug whose
place is no longer found exactly once, whose test is gone, or that no test notices fails the run. \`npx -y pnpm proof ci\` tries eight, others
each day. Made by \`npx -y pnpm exec node packages/repo-tools/bug-bank/document.ts\` from \`packages/repo-tools/bug-bank/mutants\`; a test fails when it is out of date.
`

/** docs/bug-bank.md as it ought to be. */
export function documentText(): string {
  const told = chapters.map(({ title, mutants: listed }) =>
    [`## ${title}`, ...listed.map(sectionOf)].join('\n\n'),
  )
  return `${[heading.trim(), `There are ${mutants.length} of them.`, ...told].join('\n\n')}\n`
}

function sectionOf({ name, story, reports, file, find, replace, killedBy }: Mutant): string {
  return [
    `### ${sentence(name)}`,
    story,
    [
      `- Reported: ${reports.length === 0 ? 'a common mistake' : reports.map(linkOf).join(', ')}`,
      `- Here: \`${file}\``,
      `- Found by: \`${killedBy.file}\`, «${killedBy.test}»`,
    ].join('\n'),
    ['```diff', ...changed('-', find), ...changed('+', replace), '```'].join('\n'),
  ].join('\n\n')
}

const sentence = (name: string): string =>
  name.replace(/^[«a-z]+/, (word) => word.replace(/[a-z]/, (letter) => letter.toUpperCase()))

const changed = (sign: string, text: string): string[] =>
  text === ''
    ? []
    : text
        .replace(/\n$/, '')
        .split('\n')
        .map((line) => `${sign}${line}`)

/** GitHub sends an issue's address on to the pull request of that number. */
function linkOf(report: string): string {
  const [repository = '', number = ''] = report.split('#')
  return `[${report}](https://github.com/${repository}/issues/${number})`
}

if (process.argv[1] === fileURLToPath(import.meta.url)) {
  writeFileSync(documentPath, documentText())
  process.stdout.write('docs/bug-bank.md is written\n')
}
