import { spawnSync } from 'node:child_process'
import { parseArgs } from 'node:util'
import { million } from './draw.ts'
import { readExplained } from './explained.ts'
import { judge, type Judgement, type Tried } from './judge.ts'
import { bytesOf, changedFiles, filesOf, recordContents } from './recorded.ts'
import { root, rooms, type Room } from './rooms.ts'
import { tryMutants } from './stryker.ts'

const help = `proof mutation [--only core|store] [--file words | --changed] [--lanes N] [--record]
  changes the code at one place at a time, and runs the tests that reach it: one of them must fail. A mutant that lives is explained
  in mutation/survivors.json, or is a fault. With --file only in files whose path holds the words; with --changed in files that are
  not as the last recorded run saw them, of which a part is drawn when they are many; --record writes docs/proof.md from whole rooms`

const { values } = parseArgs({
  options: {
    only: { type: 'string' },
    file: { type: 'string' },
    changed: { type: 'boolean', default: false },
    lanes: { type: 'string', default: '2' },
    record: { type: 'boolean', default: false },
    help: { type: 'boolean', default: false },
  },
})

/** What a room's tests must kill of all that could be tried, in per cent. */
const SCORE_LEAST = 95
/** Stryker makes so many of a thousand bytes, here: 21 of the core's, 14 of the store's. */
const MUTANTS_PER_1000_BYTES = 20

const chosen = rooms.filter(({ name }) => values.only === undefined || values.only === name)
const lanes = Number(values.lanes)
const isPart = values.file !== undefined || values.changed

const isNonsense = chosen.length === 0 || !(lanes >= 1) || (isPart && values.record)

if (values.help || isNonsense) {
  console.log(help)
  process.exitCode = values.help ? 0 : 1
} else process.exitCode = await main()

async function main(): Promise<number> {
  let faults = 0
  const asked = chosen.map((room) => ({ room, files: filesFor(room) }))
  if (!values.changed && asked.every(({ files }) => files.length === 0)) {
    console.log(`no file is called «${values.file}»`)
    return 1
  }
  for (const { room, files } of asked) {
    if (files.length === 0) {
      if (values.changed) console.log(`${room.name}: nothing has changed since its recorded run`)
      continue
    }
    // One room after the other: each has its own folder to stand in, and takes the machine as it is.
    faults += await run(room, files)
  }
  return faults === 0 ? 0 : 1
}

function filesFor(room: Room): string[] {
  if (values.changed) return changedFiles(room)
  return filesOf(room).filter((file) => file.includes(values.file ?? ''))
}

async function run(room: Room, files: readonly string[]): Promise<number> {
  const begun = performance.now()
  const thousands = files.reduce((sum, file) => sum + bytesOf(room, file), 0) / 1_000
  const few = room.changedMutantsMax / (thousands * MUTANTS_PER_1000_BYTES)
  const inAMillion = values.changed ? Math.ceil(Math.min(1, few) * million) : million
  const tried = await tryMutants(room, { files, inAMillion, lanes })
  const isWhole = inAMillion === million
  const explanations = readExplained()
  const paths = files.map((file) => `${room.folder}/${file}`)
  const known = explanations.filter(({ file }) => isWhole && paths.includes(file))
  const judgement = judge(tried, explanations, known)
  const seconds = (performance.now() - begun) / 1_000
  const lines = linesOf(judgement, { files: files.length, tried: tried.length, seconds })
  for (const line of lines) console.log(`${room.name}: ${line}`)
  const faults = [
    ...judgement.unexplained.map((each) => `lives, and nobody says why: ${told(each)}`),
    ...judgement.stale.map(
      ({ file, line, replacement }) =>
        `explained, but killed or gone: ${file}, «${line}» with «${replacement}»`,
    ),
    ...emptyFiles(room, files, tried, isWhole),
    ...(isPart || judgement.score >= SCORE_LEAST ? [] : [`the score is under ${SCORE_LEAST} %`]),
  ]
  for (const fault of faults) console.log(`${room.name}: ${fault}`)
  if (faults.length === 0 && values.record) write(room, lines)
  return faults.length
}

/** Nothing tried is nothing shown: a file without mutants is one that is listed as such, and the other way round. */
function emptyFiles(
  room: Room,
  files: readonly string[],
  tried: readonly Tried[],
  isWhole: boolean,
): string[] {
  const has = (file: string): boolean => tried.some((each) => each.file === `${room.folder}/${file}`)
  const withLogic = files.filter((file) => !room.withoutLogic.includes(file))
  if (!isWhole) return tried.length > 0 || withLogic.length === 0 ? [] : ['no mutant was tried']
  return [
    ...withLogic.filter((file) => !has(file)).map((file) => `no mutant in ${file}`),
    ...room.withoutLogic.filter(has).map((file) => `${file} is said to hold nothing that runs`),
  ]
}

function told({ file, line, kind, original, replacement, status }: Tried): string {
  return [
    `${file}:${line} ${kind}${status === 'NoCoverage' ? ', which no test reaches' : ''}`,
    ...original.split('\n').map((each) => `    - ${each}`),
    ...replacement.split('\n').map((each) => `    + ${each}`),
  ].join('\n')
}

function linesOf(
  { killed, timedOut, alive, invalid, score, scoreOfOthers, unexplained }: Judgement,
  { files, tried, seconds }: { files: number; tried: number; seconds: number },
): string[] {
  return [
    `${tried} mutants in ${files} files, ${seconds.toFixed(0)} s: ${killed} killed, ${timedOut} found to run for ever, ${alive} alive, ` +
      `${invalid} with which nothing could be loaded and which count for nothing.`,
    `Mutation score ${score.toFixed(1)} % with the living all counted; ${scoreOfOthers.toFixed(1)} % without the ` +
      `${alive - unexplained.length} that \`mutation/survivors.json\` explains.`,
  ]
}

function write(room: Room, lines: readonly string[]): void {
  recordContents(room)
  const command = `npx -y pnpm proof mutation --only ${room.name} --record`
  spawnSync(process.execPath, [`${root}scripts/record.ts`, `Mutation testing, ${room.name}`, command], {
    input: lines.join('\n'),
    stdio: ['pipe', 'inherit', 'inherit'],
  })
}
