import { expect, test } from 'vitest'
import { textOf } from './repository.ts'

/** `register` → `POST /v1/orders`, as the client's source calls them. */
function clientCalls(source: string): Map<string, string> {
  const calls = source.matchAll(/^ {4}(\w+): \(.*?\) => (get|post)\(\[(.*?)\]/gm)
  const segment = (written: string): string =>
    written.startsWith("'") ? written.slice(1, -1) : `{${written}}`
  return new Map(
    [...calls].map(([, method = '', verb = '', path = '']) => [
      method,
      `${verb.toUpperCase()} /v1/${path.split(', ').map(segment).join('/')}`,
    ]),
  )
}

test('the table of calls in docs/api.md names the method that the client makes each call with', () => {
  const table = textOf('docs/api.md').matchAll(/^\| `([A-Z]+ [^`]+)` \| `(\w+)` \| `\w+\.\w+` \|/gm)
  const calls = new Map([...table].map(([, call = '', method = '']) => [method, call]))
  expect(calls).toEqual(clientCalls(textOf('packages/client/src/landfall.ts')))
  expect(calls.size).toBeGreaterThanOrEqual(12)
})

test('the table of calls in each README names methods and addresses that exist', () => {
  const calls = clientCalls(textOf('packages/client/src/landfall.ts'))
  for (const path of ['README.md', 'README.ko.md']) {
    const rows = [...textOf(path).matchAll(/^\| ((?:`[A-Z]+ \/v1[^`]*` ?)+)\| ((?:`\w+` ?)+)\|/gm)]
    const named = rows.flatMap(([, addresses = '', methods = '']) => {
      const each = (cell: string): string[] => [...cell.matchAll(/`([^`]+)`/g)].map(([, span = '']) => span)
      const paths = each(addresses).map((address) => address.replace('{id}', '{orderId}'))
      return each(methods).map((method, at) => [method, paths[at]] as const)
    })
    expect([path, new Map<string, string | undefined>(named)]).toEqual([path, calls])
  }
})
