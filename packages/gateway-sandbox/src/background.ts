/** Starts work without waiting for it, such as a late approval. The work must not fail: a rejection crashes the process. */
export function inBackground(work: Promise<unknown>): void {
  work.catch((error: unknown) => {
    queueMicrotask(() => {
      throw error
    })
  })
}
