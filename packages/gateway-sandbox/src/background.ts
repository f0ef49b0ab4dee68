/** Work nobody waits for: a late approval, a second copy of a webhook. It is written not to fail; if it does, that is our bug and loud. */
export function inBackground(work: Promise<unknown>): void {
  work.catch((error: unknown) => {
    queueMicrotask(() => {
      throw error
    })
  })
}
