import { execFileSync, spawnSync } from 'node:child_process'
import { parseArgs } from 'node:util'
import { million } from './draw.ts'
import { readExplained } from './explained.ts'
import { judge, type Judgement, type Tried } from './judge.ts'
import { bytesOf, changedFiles, filesOf, recordedFiles, recordFile, type Recorded } from './recorded.ts'
import { root, rooms, type Room } from './rooms.ts'
import { tryMutants } from './stryker.ts'

const help = `proof mutation [--only core|store] [--file words] [--changed] [--lanes N] [--record]
  changes the code at one place at a time, and runs the tests that reach it: one of them must fail. A mutant that lives is explained
  in packages/repo-tools/mutation/survivors.json, or is a fault. With --file only in files whose path holds the words (more than once: any of them); with --changed
  in files that are not as a recorded run saw them, of which a part is drawn when they are many. --record notes every file without a fault, draws
  nothing, and writes docs/proof.md once all of a room are noted as they are now`

const { values } = parseArgs({
  options: {
    only: { type: 'string' },
    file: { type: 'string', multiple: true },
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

const isNonsense = chosen.length === 0 || !(lanes >= 1)

if (values.help || isNonsense) {
  console.log(help)
  process.exitCode = values.help ? 0 : 1
} else process.exitCode = await main()

async function main(): Promise<number> {
  let faults = 0
  const asked = chosen.map((room) => ({ room, files: filesFor(room) }))
  if (!values.changed && asked.every(({ files }) => files.length === 0)) {
    console.log(`no file is called «${values.file?.join('», «')}»`)
    return 1
  }
  for (const { room, files } of asked) {
    if (files.length === 0) {
      if (values.changed) console.log(`${room.name}: nothing has changed since its recorded run`)
      if (values.record) write(room)
      continue
    }
    // One room after the other: each has its own folder to stand in, and takes the machine as it is.
    faults += await run(room, files)
  }
  return faults === 0 ? 0 : 1
}

function filesFor(room: Room): string[] {
  const files = values.changed ? changedFiles(room) : filesOf(room)
  return files.filter((file) => (values.file ?? ['']).some((words) => file.includes(words)))
}

async function run(room: Room, files: readonly string[]): Promise<number> {
  const begun = performance.now()
  const thousands = files.reduce((sum, file) => sum + bytesOf(room, file), 0) / 1_000
  const few = room.changedMutantsMax / (thousands * MUTANTS_PER_1000_BYTES)
  const inAMillion = values.changed && !values.record ? Math.ceil(Math.min(1, few) * million) : million
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
  if (values.record) {
    note(room, files, tried, seconds)
    write(room)
  }
  return faults.length
}

/** Notes the files in which nothing was found, each with its share of the time. */
function note(room: Room, files: readonly string[], tried: readonly Tried[], seconds: number): void {
  const commit = execFileSync('git', ['rev-parse', '--short', 'HEAD'], { cwd: root, encoding: 'utf8' }).trim()
  for (const file of files) {
    const path = `${room.folder}/${file}`
    const own = tried.filter((each) => each.file === path)
    const explanations = readExplained().filter((each) => each.file === path)
    const { unexplained, stale, killed, timedOut, alive, invalid } = judge(own, explanations, explanations)
    if (unexplained.length > 0 || stale.length > 0 || emptyFiles(room, [file], own, true).length > 0) continue
    const share = (seconds * own.length) / Math.max(1, tried.length)
    recordFile(room, file, { commit, killed, timedOut, alive, invalid, seconds: share })
  }
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

type Counts = Pick<Judgement, 'killed' | 'timedOut' | 'alive' | 'invalid' | 'score' | 'scoreOfOthers'>

function linesOf(
  { killed, timedOut, alive, invalid, score, scoreOfOthers }: Counts,
  { files, tried, seconds }: { files: number; tried: number; seconds: number },
): string[] {
  return [
    `${tried} mutants in ${files} files, ${seconds.toFixed(0)} s: ${killed} killed, ${timedOut} found to run for ever, ${alive} alive, ` +
      `${invalid} that do not load and are not counted.`,
    `Mutation score ${score.toFixed(1)} % with all survivors; ${scoreOfOthers.toFixed(1)} % without those that ` +
      '`packages/repo-tools/mutation/survivors.json` explains.',
  ]
}

/** Into `docs/proof.md`, once every file of the room is noted as it is now. */
function write(room: Room): void {
  const missing = changedFiles(room)
  if (missing.length > 0) return console.log(`${room.name}: not noted yet: ${missing.join(', ')}`)
  const noted = recordedFiles(room)
  const sum = (of: (file: Recorded) => number): number => noted.reduce((all, file) => all + of(file), 0)
  const [killed, timedOut, alive, invalid] = [
    sum((file) => file.killed),
    sum((file) => file.timedOut),
    sum((file) => file.alive),
    sum((file) => file.invalid),
  ]
  const tried = killed + timedOut + alive + invalid
  const score = (100 * (killed + timedOut)) / (killed + timedOut + alive)
  if (score < SCORE_LEAST)
    return console.log(`${room.name}: the score is under ${SCORE_LEAST} %: not recorded`)
  const lines = linesOf(
    { killed, timedOut, alive, invalid, score, scoreOfOthers: 100 },
    { files: noted.length, tried, seconds: sum(({ seconds }) => seconds) },
  )
  const commits = [...new Set(noted.map(({ commit }) => commit))]
  const command = `npx -y pnpm proof mutation --only ${room.name} --record`
  spawnSync(
    process.execPath,
    [`${root}packages/repo-tools/commands/record.ts`, `Mutation testing, ${room.name}`, command],
    {
      input: [...lines, '', `Each file as it is now, tried at commit ${commits.join(', ')}.`].join('\n'),
      stdio: ['pipe', 'inherit', 'inherit'],
    },
  )
}
