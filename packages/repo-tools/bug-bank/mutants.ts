import type { Mutant } from './mutant.ts'
import { cancels } from './mutants/cancels.ts'
import { doors } from './mutants/doors.ts'
import { evidence } from './mutants/evidence.ts'
import { habits } from './mutants/habits.ts'
import { money } from './mutants/money.ts'
import { present } from './mutants/present.ts'
import { recording } from './mutants/recording.ts'
import { telling } from './mutants/telling.ts'

/** The bank, by what goes wrong. Mutants that one test finds stand together, so that it runs once without them. */
export const chapters: ReadonlyArray<{ readonly title: string; readonly mutants: readonly Mutant[] }> = [
  { title: 'What becomes of an order', mutants: recording },
  { title: 'What comes in', mutants: doors },
  { title: 'How much, and what the gateway says', mutants: money },
  { title: 'Money on its way back', mutants: cancels },
  { title: 'What is told', mutants: telling },
  { title: 'Evidence before money moves, and one request for it', mutants: evidence },
  { title: 'Who may speak, and what is true now', mutants: present },
  { title: 'The habits of gateways and PGs', mutants: habits },
]

export const mutants: readonly Mutant[] = chapters.flatMap((chapter) => chapter.mutants)
