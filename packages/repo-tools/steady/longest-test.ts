// What the reporters of the suites say of single tests: those above a third of a second are named with their time.

export type Longest = { readonly name: string; readonly ms: number }

const colours = new RegExp(String.raw`\u001B\[[0-9;]*m`, 'g')

/** The slowest single test in a run's output; files, which are sums, are left out. */
export function longestTest(lines: readonly string[]): Longest | null {
  let longest: Longest | null = null
  for (const line of lines) {
    const found = /[✓×] (.*\S) +(\d+)ms(?: \(retry.*)?$/.exec(line.replaceAll(colours, ''))
    const [, name = '', ms = '0'] = found ?? []
    if (found === null || /\(\d+ tests?/.test(name)) continue
    if (longest === null || Number(ms) > longest.ms) longest = { name, ms: Number(ms) }
  }
  return longest
}
