import type { StoryLanguage } from '@landfall/payment-core/story-words'
import { describe, expect, test } from 'vitest'
import { orderId } from '../../../../testing/shopper.ts'
import { played, scriptedOrders } from '../../../../testing/scripted-orders.ts'
import type { World } from '../../../../testing/world.ts'
import { supportAnswer } from '../support-answer.ts'

/** The gateway's ids differ from run to run: replace them in the order of their first mention. */
function withStableIds(text: string): string {
  const ids = [...new Set(text.match(/imp_\d{12}/g))]
  return ids.reduce(
    (told, id, index) => told.replaceAll(id, `imp_${String(index + 1).padStart(12, '0')}`),
    text,
  )
}

async function toldBy(world: World, language: StoryLanguage): Promise<string> {
  const { text } = await supportAnswer(world.deps().store, orderId, language)
  return withStableIds(text)
}

describe('the story of an order says what happened and who did it', () => {
  test.for(scriptedOrders)('$name', async (scripted) => {
    await using world = await played(scripted)
    for (const language of ['en', 'ko'] as const)
      await expect(await toldBy(world, language)).toMatchFileSnapshot(
        `../../../../testing/stories/${scripted.name}.${language}.story.txt`,
      )
  })
})
