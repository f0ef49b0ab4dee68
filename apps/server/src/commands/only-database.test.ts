import { spawnSync } from 'node:child_process'
import { expect, test } from 'vitest'

/** Runs code under the guard. Port 9 of this machine answers nobody. */
function guarded(code: string, url: string) {
  const guard = new URL('only-database.ts', import.meta.url).href
  const words = `import { reachOnly } from '${guard}'; reachOnly('${url}'); ${code}`
  const args = ['--input-type=module', '-e', words]
  const { status, stderr } = spawnSync(process.execPath, args, { encoding: 'utf8' })
  return [status, stderr.trim()]
}
const refused = (target: string) => [1, `The drill failed: something tried to connect to ${target}.`]
const quietly = `.on('error', () => process.exit(7))`

test.each([
  ['fetch', `await fetch('http://127.0.0.1:6999').catch(() => process.exit(7))`, '127.0.0.1:6999'],
  ['https', `(await import('node:https')).get('https://gateway.invalid')${quietly}`, 'gateway.invalid:443'],
  ['a socket', `(await import('node:net')).connect(9, '127.0.0.1')${quietly}`, '127.0.0.1:9'],
  ['TLS', `(await import('node:tls')).connect({ host: '::1', port: 9 })${quietly}`, '::1:9'],
  ['a Unix socket', `(await import('node:net')).connect('/run/x.sock')${quietly}`, '/run/x.sock'],
])(
  'C-09: under the guard of a drill an attempt by %s ends the process, whoever swallows errors',
  (_, code, target) => {
    expect(guarded(code, 'file:./backup.db')).toEqual(refused(target))
    expect(guarded(code, 'postgres://u:p@127.0.0.1/x')).toEqual(refused(target))
  },
)

test('the database that is named may be reached', () => {
  const code = `(await import('node:net')).connect({ host: '127.0.0.1', port: 9 })${quietly}`
  expect(guarded(code, 'postgres://u:p@127.0.0.1:9/x')).toEqual([7, ''])
  const socket = `(await import('node:net')).connect('/nowhere/.s.PGSQL.5432')${quietly}`
  expect(guarded(socket, 'postgres://u@localhost/x?host=/nowhere')).toEqual([7, ''])
})
