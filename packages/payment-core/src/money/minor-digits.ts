/**
 * The currencies of `iso-4217.ts` whose decimal digits are not two. `Intl` follows CLDR, which has the digits that shops use (none for LAK, IQD or RSD)
 * and changes between versions.
 */
const digits: ReadonlyMap<string, number> = new Map([
  ...['BIF', 'CLP', 'DJF', 'GNF', 'ISK', 'JPY', 'KMF', 'KRW', 'PYG'].map((code) => [code, 0] as const),
  ...['RWF', 'UGX', 'UYI', 'VND', 'VUV', 'XAF', 'XOF', 'XPF'].map((code) => [code, 0] as const),
  ...['BHD', 'IQD', 'JOD', 'KWD', 'LYD', 'OMR', 'TND'].map((code) => [code, 3] as const),
  ...['CLF', 'UYW'].map((code) => [code, 4] as const),
])

/** The number of decimal digits of a currency: 0 for KRW and JPY, 2 for USD, 3 for KWD. Unknown codes count 2. */
export const minorDigits = (currency: string): number => digits.get(currency) ?? 2
