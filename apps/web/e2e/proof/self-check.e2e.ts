import { spawn } from 'node:child_process'
import { once } from 'node:events'
import { join } from 'node:path'
import { describe, expect, test } from 'vitest'
import { readInventory } from '../gallery.ts'
import { stage } from '../stage.ts'
import { openWire } from '../wire.ts'

const { shop } = stage()

/** Runs the command as an operator does. */
async function selfCheck(url: string) {
  const words = ['self-check', url, '--shop-script', `${shop().gateway.url}/v1/iamport.js`]
  const program = join(import.meta.dirname, '../../../server/src/commands/landfall.ts')
  const child = spawn(process.execPath, [program, ...words], { stdio: ['ignore', 'pipe', 'inherit'] })
  let out = ''
  child.stdout.on('data', (text) => (out += String(text)))
  const [code] = await once(child, 'close')
  return { code: Number(code), lines: out.split('\n').filter((line) => line !== '') }
}

describe('self-check', () => {
  test('P-06: reports that the deployed files equal the build', async () => {
    const { files } = await readInventory()
    const served = files.filter(({ path }) => !/^(?:index\.html|render\/)/.test(path)).length
    expect(await selfCheck(shop().url)).toEqual({
      code: 0,
      lines: [`${shop().url}: ${4 + 3 * served} answers and ${served} files are as they were built.`],
    })
  })

  test('P-06: reports code that a proxy injected into a page', async () => {
    await using wire = await openWire(shop().url, (path, text) =>
      path === '/result/self-check' ? text.replace('</main>', '</main><script src="/x.js"></script>') : null,
    )
    expect(await selfCheck(wire.url)).toEqual({
      code: 1,
      lines: ['/result/self-check: a script from an address that was not built: /x.js'],
    })
  })
})
