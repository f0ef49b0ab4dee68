/** What every run of Stryker here has in common; what differs is added in `stryker.ts`. */
export default {
  testRunner: 'vitest',
  // Which tests reach a mutant is learnt once; each mutant then meets those alone, until the first that fails.
  coverageAnalysis: 'perTest',
  checkers: ['draw'],
  ignorers: ['document texts'],
  // A mutant that never ends is mostly found by counting; what hangs without running is given up after this.
  timeoutMS: 30_000,
  // It would be rewritten with a compiler that TypeScript 7 does not have any more, and nothing here reads it.
  tsconfigFile: 'none',
  ignorePatterns: ['dist', 'built', 'tsconfig.json'],
  reporters: ['progress-append-only'],
  logLevel: 'warn',
  allowConsoleColors: false,
  // Mutants of what a module says while it loads meet every test. They are the schemas, and a schema is logic.
  ignoreStatic: false,
  warnings: { slow: false },
}
