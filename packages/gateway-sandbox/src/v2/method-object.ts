import type { LedgerRow } from '../ledger.ts'
import { isoTime } from './iso-time.ts'
import { bankName } from './spellings.ts'

/** How the customer paid, as a class with its fields (docs/gateway/portone-v2.md §6). null: nothing is chosen yet. */
export function methodOf(row: LedgerRow): Readonly<Record<string, unknown>> | null {
  if (row.vbank_num !== null) return accountOf(row)
  if (row.paid_at === 0) return null
  const method: string = row.pay_method ?? 'kakaopay'
  switch (method) {
    case 'card':
      return cardOf(row)
    case 'trans':
      return { type: 'PaymentMethodTransfer', ...named('bank', bankName(row.bank_code)) }
    case 'phone':
      return { type: 'PaymentMethodMobile' }
    case 'culture':
      return { type: 'PaymentMethodGiftCertificate', giftCertificateType: 'CULTURELAND', approvalNumber: '1' }
    default:
      // A wallet's own money has no bank.
      return {
        type: 'PaymentMethodEasyPay',
        provider: (row.emb_pg_provider ?? method).toUpperCase(),
        easyPayMethod: { type: 'PaymentMethodEasyPayMethodCharge' },
      }
  }
}

const named = (field: string, value: string | undefined) => (value === undefined ? {} : { [field]: value })

function cardOf(row: LedgerRow) {
  return {
    type: 'PaymentMethodCard',
    card: {
      brand: 'LOCAL',
      type: 'CREDIT',
      ownerType: 'PERSONAL',
      bin: (row.card_number ?? '').slice(0, 6),
      name: row.card_name ?? '',
      number: row.card_number ?? '',
    },
    approvalNumber: row.apply_num ?? '',
    installment: { month: row.card_quota ?? 0, isInterestFree: false, isInterestFreeFromMerchant: false },
    pointUsed: false,
  }
}

/** An account that eximbay shows to the payer alone has neither bank nor due time. */
const accountOf = (row: LedgerRow) => ({
  type: 'PaymentMethodVirtualAccount',
  accountNumber: row.vbank_num,
  accountType: 'NORMAL',
  ...named('bank', bankName(row.vbank_code)),
  ...named('remitteeName', row.vbank_holder ?? undefined),
  ...named('expiredAt', row.vbank_date === 0 ? undefined : isoTime(row.vbank_date)),
  ...named('issuedAt', row.vbank_issued_at === 0 ? undefined : isoTime(row.vbank_issued_at)),
})
