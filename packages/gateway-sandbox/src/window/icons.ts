/** Line drawings of 24 by 24, in the colour of the text. */
const icon = (body: string): string =>
  `<svg viewBox="0 0 24 24" width="24" height="24" fill="none" stroke="currentColor" stroke-width="1.7" stroke-linecap="round" stroke-linejoin="round" aria-hidden="true">${body}</svg>`

export const ICONS = {
  card: icon('<rect x="3" y="5" width="18" height="14" rx="2.5"/><path d="M3 10h18M7 15h3"/>'),
  trans: icon('<path d="M4 10 12 4l8 6M5 20h14M7 10v7M12 10v7M17 10v7"/>'),
  vbank: icon('<rect x="5" y="3" width="14" height="18" rx="2"/><path d="M9 8h6M9 12h6M9 16h3"/>'),
  phone: icon('<rect x="7" y="2.5" width="10" height="19" rx="2.5"/><path d="M11 18.5h2"/>'),
  wallet: icon('<path d="M13 3 5 13.5h6L10 21l9-11h-6.5z"/>'),
  shield: icon(
    '<path d="M12 3 5 5.5v6c0 4.5 3 7.6 7 9.5 4-1.9 7-5 7-9.5v-6z"/><path d="m9 11.8 2.2 2.2L15.2 10"/>',
  ),
  close: icon('<path d="M6 6l12 12M18 6 6 18"/>'),
} as const
