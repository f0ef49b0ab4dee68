import { defineConfig } from 'vitest/config'
import { BaseSequencer, type TestSpecification } from 'vitest/node'

const weightOf = ({ moduleId }: TestSpecification): number => (moduleId.includes('.property.') ? 1 : 0)

/** A mutant that an example kills need not meet the properties, which take a thousand times as long. */
class ExamplesFirst extends BaseSequencer {
  override async sort(files: TestSpecification[]): Promise<TestSpecification[]> {
    return (await super.sort(files)).toSorted((one, other) => weightOf(one) - weightOf(other))
  }
}

// The tests beside the sources: they state the core's promises. The model's, which walk whole worlds, would take minutes a mutant.
export default defineConfig({
  test: {
    include: ['src/**/*.test.ts'],
    setupFiles: ['test/first-failure.ts'],
    testTimeout: 60_000,
    // The core keeps nothing between calls, so the files of one mutant can share what they load. The next mutant loads its own.
    isolate: false,
    sequence: { sequencer: ExamplesFirst },
  },
})
