// Builds deploy/Dockerfile without a daemon: each stage is a folder that stands for its root, and each COPY and RUN is done there.

import { execFileSync } from 'node:child_process'
import { cpSync, existsSync, globSync, mkdirSync, readFileSync, statSync, symlinkSync } from 'node:fs'
import { basename, dirname, join, resolve } from 'node:path'
import { Copy, DockerfileParser, type Instruction } from 'dockerfile-ast'
import { z } from 'zod'
import { setIn, type Environment } from '../run/environment.ts'
import { root } from './packing.ts'

export const dockerfile = readFileSync(join(root, 'deploy/Dockerfile'), 'utf8')
const isRoot = process.getuid?.() === 0

export type Image = {
  /** The folder that stands for `/`. */
  readonly folder: string
  readonly workdir: string
  readonly env: Environment
  readonly userId: number
  readonly command: readonly string[]
  readonly healthcheck: readonly string[]
}
type Stage = { -readonly [Key in keyof Image]: Image[Key] }

/** The last stage. All stages lie below `folder`. */
export function buildImage(folder: string): Image {
  const stages = new Map<string, Stage>()
  let stage: Stage | null = null
  for (const instruction of DockerfileParser.parse(dockerfile).getInstructions()) {
    const words = instruction.getArguments().map((word) => word.getValue())
    if (instruction.getKeyword() === 'FROM') {
      const [from = '', , name = 'last'] = words
      stage = startFrom(stages.get(from), from, join(folder, name))
      stages.set(name, stage)
    } else if (stage !== null) take(instruction, words, stage, stages)
  }
  if (stage === null) throw new Error('a Dockerfile has a stage')
  return stage
}

/** Begins with an earlier stage, or with a base image: an empty folder with this very Node, whose major version it has to be. */
function startFrom(earlier: Stage | undefined, image: string, folder: string): Stage {
  if (earlier !== undefined) {
    copyFolder(earlier.folder, folder, 'linked')
    return { ...earlier, folder }
  }
  const major = /^node:(\d+)-/.exec(image)?.[1]
  if (!process.version.startsWith(`v${major}.`)) throw new Error(`${image} is not ${process.version}`)
  const kept = join(dirname(folder), 'node')
  if (!existsSync(kept)) cpSync(process.execPath, kept)
  mkdirSync(join(folder, 'usr/local/bin'), { recursive: true })
  symlinkSync(kept, join(folder, 'usr/local/bin/node'))
  return { folder, workdir: '/', env: {}, userId: 0, command: [], healthcheck: [] }
}

/** Links are enough for files that nobody changes, and many times faster. */
function copyFolder(from: string, to: string, how: 'linked' | 'copied'): void {
  mkdirSync(to, { recursive: true })
  execFileSync('cp', [how === 'linked' ? '-al' : '-a', `${from}/.`, to])
}

const jsonWords = (text: string | null): string[] => z.array(z.string()).parse(JSON.parse(text ?? ''))

function take(
  instruction: Instruction,
  words: readonly string[],
  stage: Stage,
  stages: ReadonlyMap<string, Stage>,
): void {
  const [first = ''] = words
  const content = instruction.getArgumentsContent()
  const keyword = instruction.getKeyword()
  if (keyword === 'WORKDIR') {
    stage.workdir = first
    mkdirSync(pathIn(stage, '.'), { recursive: true })
  } else if (keyword === 'ENV') {
    const set = words.map((word) => word.split('='))
    stage.env = { ...stage.env, ...Object.fromEntries(set.map(([name = '', value = '']) => [name, value])) }
  } else if (keyword === 'USER') stage.userId = Number(first.split(':')[0])
  else if (keyword === 'CMD') stage.command = jsonWords(content)
  else if (keyword === 'HEALTHCHECK') stage.healthcheck = jsonWords(/\[[^]*/.exec(content ?? '')?.[0] ?? null)
  else if (keyword === 'RUN') runIn(stage, content ?? 'false')
  else if (instruction instanceof Copy) copy(instruction, words, stage, stages)
  else if (!['VOLUME', 'EXPOSE'].includes(keyword)) throw new Error(`what does ${keyword} do?`)
}

const pathIn = (stage: Stage, path: string): string => join(stage.folder, resolve(stage.workdir, path))

function runIn(stage: Stage, script: string): void {
  const env = { ...setIn(process.env), ...stage.env, CI: 'true' }
  execFileSync('/bin/sh', ['-ec', script], {
    cwd: pathIn(stage, '.'),
    env,
    stdio: ['ignore', 'pipe', 'pipe'],
  })
}

function copy(
  instruction: Copy,
  [source = '', target = '']: readonly string[],
  stage: Stage,
  stages: ReadonlyMap<string, Stage>,
): void {
  const flag = (name: string): string | null =>
    instruction
      .getFlags()
      .find((each) => each.getName() === name)
      ?.getValue() ?? null
  const from = stages.get(flag('from') ?? '')
  const to = pathIn(stage, target)
  if (from === undefined) {
    for (const path of context()) cpSync(join(root, source, path), join(to, path))
    return
  }
  const taken = pathIn(from, source)
  const owner = flag('chown')
  if (!statSync(taken).isDirectory()) cpSync(taken, target.endsWith('/') ? join(to, basename(source)) : to)
  else copyFolder(taken, to, owner === null ? 'linked' : 'copied')
  if (owner !== null && isRoot) execFileSync('chown', ['-R', owner, to])
}

/** The rules of the ignore file, as Docker reads them: the last that names the path or a folder above it decides. */
const rules = readFileSync(join(root, 'deploy/Dockerfile.dockerignore'), 'utf8')
  .split('\n')
  .filter((line) => line !== '' && !line.startsWith('#'))
  .map((line) => ({ leavesOut: !line.startsWith('!'), pattern: matcher(line.replace('!', '')) }))

function matcher(pattern: string): RegExp {
  const written = pattern
    .replaceAll('.', '\\.')
    .replaceAll(/\*\*\/|\*/g, (stars) => (stars === '*' ? '[^/]*' : '(?:.*/)?'))
  return new RegExp(`^${written}(?:/|$)`)
}

export const isInContext = (path: string): boolean =>
  rules.findLast(({ pattern }) => pattern.test(path))?.leavesOut === false

/** The files of the repository that a daemon would be sent. */
function context(): string[] {
  const isAside = (name: string): boolean => ['node_modules', '.git'].includes(basename(name))
  const all = globSync('**', { cwd: root, exclude: isAside })
  return all.filter((path) => isInContext(path) && statSync(join(root, path)).isFile())
}

/** How to run a command in the image: in its folder, with its settings, as its user where that may be chosen. */
export function asInImage(image: Image, words: readonly string[], env: Environment) {
  const path = `${join(image.folder, 'usr/local/bin')}:/usr/bin:/bin`
  const program = words[0] ?? ''
  const own = join(image.folder, 'usr/local/bin', program)
  const called = [existsSync(own) ? own : program, ...words.slice(1)]
  const userId = String(image.userId)
  const asUser = ['setpriv', `--reuid=${userId}`, `--regid=${userId}`, '--clear-groups', '--no-new-privs']
  const [command = '', ...args] = isRoot ? [...asUser, ...called] : called
  return { command, args, folder: pathIn(image, '.'), env: { PATH: path, ...image.env, ...env } }
}
