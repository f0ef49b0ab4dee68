/**
 * ISO 4217's own decimal digits where they are not two. `Intl` is no source for them: it follows CLDR, which gives
 * currencies the digits that are customary in shops (none for LAK, IQD or RSD), and another engine or year gives others.
 */
const digits: ReadonlyMap<string, number> = new Map([
  ...['BIF', 'CLP', 'DJF', 'GNF', 'ISK', 'JPY', 'KMF', 'KRW', 'PYG'].map((code) => [code, 0] as const),
  ...['RWF', 'UGX', 'UYI', 'VND', 'VUV', 'XAF', 'XOF', 'XPF'].map((code) => [code, 0] as const),
  ...['BHD', 'IQD', 'JOD', 'KWD', 'LYD', 'OMR', 'TND'].map((code) => [code, 3] as const),
  ...['CLF', 'UYW'].map((code) => [code, 4] as const),
])

/** How many decimal digits a currency has: 0 for KRW and JPY, 2 for USD, 3 for KWD. Unknown codes count 2. */
export const minorDigits = (currency: string): number => digits.get(currency) ?? 2
