/**
 * The browser script takes enums with and without their prefix: `CURRENCY_KRW` and `KRW` (docs/gateway/portone-v2.md §2.5). These are the
 * fields whose enums have one, by name.
 */
const PREFIXES: Readonly<Record<string, string>> = {
  bank: 'BANK_',
  bankCode: 'BANK_',
  availableBanks: 'BANK_',
  cardCompany: 'CARD_COMPANY_',
  availableCards: 'CARD_COMPANY_',
  carrier: 'CARRIER_',
  avaliableCarriers: 'CARRIER_',
  cashReceiptType: 'CASH_RECEIPT_TYPE_',
  country: 'COUNTRY_',
  currency: 'CURRENCY_',
  easyPayProvider: 'EASY_PAY_PROVIDER_',
  gender: 'GENDER_',
  giftCertificateType: 'GIFT_CERTIFICATE_TYPE_',
  productType: 'PRODUCT_TYPE_',
}
const DEPTH_MAX = 8

/** Returns the request in the spelling without prefixes. The shop's own data stays as it is. */
export function withoutPrefixes(value: unknown, field = '', depth = 0): unknown {
  if (depth > DEPTH_MAX || field === 'customData' || field === 'bypass') return value
  if (typeof value === 'string') return bare(value, PREFIXES[field])
  if (Array.isArray(value)) return value.map((one: unknown) => withoutPrefixes(one, field, depth + 1))
  if (typeof value !== 'object' || value === null) return value
  return Object.fromEntries(
    Object.entries(value).map(([name, one]) => [name, withoutPrefixes(one, name, depth + 1)]),
  )
}

const bare = (text: string, prefix: string | undefined): string =>
  prefix !== undefined && text.startsWith(prefix) ? text.slice(prefix.length) : text

const PAY_METHODS = new Map([
  ['CARD', 'card'],
  ['TRANSFER', 'trans'],
  ['VIRTUAL_ACCOUNT', 'vbank'],
  ['MOBILE', 'phone'],
  ['GIFT_CERTIFICATE', 'culture'],
])

/** Returns the ledger's name of a method. A wallet is named by its provider. */
export const ledgerMethod = (payMethod: string, easyPayProvider: string | undefined): string =>
  PAY_METHODS.get(payMethod) ?? (easyPayProvider ?? 'kakaopay').toLowerCase()

/** REST's names of banks by code (docs/gateway/portone-v2.md §9). */
const BANK_NAMES = new Map([
  ['004', 'KOOKMIN'],
  ['088', 'SHINHAN'],
  ['020', 'WOORI'],
  ['081', 'HANA'],
  ['011', 'NONGHYUP'],
  ['003', 'IBK'],
  ['090', 'KAKAO'],
  ['092', 'TOSS'],
  ['071', 'POST'],
  ['045', 'KFCC'],
  ['032', 'BUSAN'],
  ['089', 'K_BANK'],
  ['002', 'KDB'],
  ['007', 'SUHYUP'],
  ['012', 'LOCAL_NONGHYUP'],
  ['023', 'STANDARD_CHARTERED'],
  ['027', 'CITI'],
  ['031', 'DAEGU'],
  ['034', 'KWANGJU'],
  ['035', 'JEJU'],
  ['037', 'JEONBUK'],
  ['039', 'KYONGNAM'],
  ['048', 'SHINHYUP'],
])
export const bankName = (code: string | null): string | undefined => BANK_NAMES.get(code ?? '')
