/** The bank codes (docs/gateway/portone-v1.md §6.3) and card codes (§6.4) that `GET /banks` and `GET /cards` return. */
export type CodeName = { readonly code: string; readonly name: string }

export const BANKS: readonly CodeName[] = [
  { code: '004', name: 'KB국민은행' },
  { code: '088', name: '신한은행' },
  { code: '020', name: '우리은행' },
  { code: '081', name: '하나은행' },
  { code: '011', name: 'NH농협은행' },
  { code: '003', name: 'IBK기업은행' },
  { code: '090', name: '카카오뱅크' },
  { code: '092', name: '토스뱅크' },
  { code: '071', name: '우체국' },
  { code: '045', name: '새마을금고' },
  { code: '032', name: '부산은행' },
  { code: '089', name: '케이뱅크' },
  { code: '002', name: 'KDB산업은행' },
  { code: '007', name: '수협은행' },
  { code: '012', name: '지역농축협' },
  { code: '023', name: 'SC제일은행' },
  { code: '027', name: '한국씨티은행' },
  { code: '031', name: '아이엠뱅크' },
  { code: '034', name: '광주은행' },
  { code: '035', name: '제주은행' },
  { code: '037', name: '전북은행' },
  { code: '039', name: '경남은행' },
  { code: '048', name: '신협' },
]

export const CARDS: readonly CodeName[] = [
  { code: '366', name: '신한카드' },
  { code: '365', name: '삼성카드' },
  { code: '367', name: '현대카드' },
  { code: '381', name: 'KB국민카드' },
  { code: '368', name: '롯데카드' },
  { code: '361', name: 'BC카드' },
  { code: '374', name: '하나카드' },
  { code: '041', name: '우리카드' },
  { code: '371', name: 'NH카드' },
  { code: '364', name: '광주카드' },
  { code: '369', name: '수협카드' },
  { code: '370', name: '씨티카드' },
  { code: '372', name: '전북카드' },
  { code: '373', name: '제주카드' },
  { code: '045', name: '새마을금고' },
  { code: '048', name: '신협' },
  { code: '071', name: '우체국' },
  { code: '002', name: 'KDB산업은행' },
  { code: '089', name: '케이뱅크' },
  { code: '090', name: '카카오뱅크' },
  { code: '092', name: '토스뱅크' },
  { code: '10001', name: 'UnionPay' },
  { code: '10002', name: 'Diners Club' },
  { code: '10003', name: 'American Express' },
  { code: '10004', name: 'Mastercard' },
  { code: '10005', name: 'Visa' },
  { code: '10006', name: 'JCB' },
]

/** The number of entries in the payment window. The REST API returns all. */
const BANKS_SHOWN = 12
const CARDS_SHOWN = 9
export const WINDOW_BANKS = BANKS.slice(0, BANKS_SHOWN)
export const WINDOW_CARDS = CARDS.slice(0, CARDS_SHOWN)

export const nameOf = (table: readonly CodeName[], code: string): string | null =>
  table.find((row) => row.code === code)?.name ?? null
