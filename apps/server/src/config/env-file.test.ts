import { mkdtempSync, rmSync, writeFileSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { expect, test } from 'vitest'
import { withEnvFile } from './env-file.ts'

function fileWith(text: string) {
  const folder = mkdtempSync(join(tmpdir(), 'landfall-env-'))
  const path = join(folder, '.env')
  writeFileSync(path, text)
  return {
    path,
    write: (next: string) => writeFileSync(path, next),
    [Symbol.dispose]: () => rmSync(folder, { recursive: true }),
  }
}
const read = (environment: Readonly<Record<string, string>>) => {
  const variables = withEnvFile(environment)
  return variables.ok ? variables.value : variables.problem
}

test('without ENV_FILE the environment is all there is', () => {
  expect(read({ PORT: '1' })).toEqual({ PORT: '1' })
  expect(read({ PORT: '1', ENV_FILE: ' ' })).toEqual({ PORT: '1', ENV_FILE: ' ' })
})

test('the file adds what the environment does not set; what it sets itself wins', () => {
  using file = fileWith(
    'PORT=2\nHOST=::1 # not this\n\n# TOKEN_SECRET=no\nSHOP_URL="https://shop.example/"\n',
  )
  expect(read({ ENV_FILE: file.path, PORT: '1', LOG_LEVEL: 'warn' })).toEqual({
    ENV_FILE: file.path,
    PORT: '1',
    LOG_LEVEL: 'warn',
    HOST: '::1',
    SHOP_URL: 'https://shop.example/',
  })
})

test('P-08: a file as an editor of Windows writes it loses no variable', () => {
  using file = fileWith('\uFEFFPORT=2\r\nHOST=::1\r\n')
  expect(read({ ENV_FILE: file.path })).toEqual({ ENV_FILE: file.path, PORT: '2', HOST: '::1' })
})

test('of what came from the file at the start the file is asked again, and nothing is left where it says no more', () => {
  using file = fileWith('PORT=2\nHOST=::1\n')
  const started = {
    PORT: '2',
    HOST: '::1',
    LOG_LEVEL: 'warn',
    ENV_FILE: file.path,
    ENV_FILE_NAMES: 'PORT,HOST',
  }
  file.write('PORT=3\nLOG_LEVEL=debug\n')
  expect(read(started)).toMatchObject({ PORT: '3', LOG_LEVEL: 'warn' })
  expect(read(started)).not.toHaveProperty('HOST')
})

test('a file that cannot be read is a reason not to start, which names the variable', () => {
  expect(read({ ENV_FILE: '/nowhere/.env' })).toEqual(['ENV_FILE names a file that cannot be read (ENOENT)'])
  expect(read({ ENV_FILE: tmpdir() })).toEqual(['ENV_FILE names a file that cannot be read (EISDIR)'])
})
