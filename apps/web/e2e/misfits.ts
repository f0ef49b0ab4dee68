/** Names the layout faults of a page: wider than the window, cut text, or touch targets that are too small. */
export function misfits(): string[] {
  const wrong: string[] = []
  if (document.documentElement.scrollWidth > document.documentElement.clientWidth)
    wrong.push('wider than the window')
  for (const target of document.querySelectorAll('a, button')) {
    const { width, height, right, left } = target.getBoundingClientRect()
    const name = `${target.className} «${target.textContent}»`
    if (width < 44 || height < 44) wrong.push(`${name} is ${width} × ${height}`)
    if (left < 0 || right > innerWidth) wrong.push(`${name} leaves the window`)
  }
  for (const text of document.querySelectorAll('h1, p:not(.unseen), dt, .value, li')) {
    const { right, left } = text.getBoundingClientRect()
    if (left < -1 || right > innerWidth + 1)
      wrong.push(`${text.className} «${text.textContent}» leaves the window`)
  }
  return wrong
}
