import type { Details, Method } from '../payment/payment.ts'
import { accountNumber, said, told, webAddress } from '../payment/told-text.ts'
import { bankNameV2 } from './bank-names.ts'
import type { TryV2 } from './wire.ts'

/** The facts of a try for people. A class of `method` that is not known shows nothing of its own. */
export function detailsFromV2(row: TryV2): Details {
  const method = row.method ?? null
  // A wallet holds the card or the account that paid (docs/gateway/portone-v2.md §6.1).
  const paidWith = method?.easyPayMethod ?? method
  const card = paidWith?.card ?? null
  const bankName = bankNameV2(told(paidWith?.bank ?? null))
  return {
    method: methodFrom(method?.type ?? null),
    methodName: method?.provider ?? method?.convenienceStoreBrand ?? card?.name ?? card?.issuer ?? bankName,
    cardNumber: card?.number ?? null,
    bankName,
    accountNumber: accountNumber(method?.accountNumber ?? null),
    accountHolder: told(method?.remitteeName ?? null),
    accountDueAtMs: method?.expiredAt ?? null,
    receiptUrl: webAddress(row.receiptUrl),
    failReason: said(row.failure?.pgMessage ?? null) ?? said(row.failure?.reason ?? null),
    discount: row.amount.discount || null,
    approval: approvalOf(row),
    approvalNumber: said(paidWith?.approvalNumber ?? null),
    cardIssuer: card?.issuer ?? card?.name ?? null,
    startedAtMs: row.requestedAt,
    paidAtMs: row.paidAt,
    failedAtMs: row.failedAt,
    cancelledAtMs: row.cancelledAt,
  }
}

const methods: ReadonlyMap<string, Method> = new Map([
  ['PaymentMethodCard', 'card'],
  ['PaymentMethodTransfer', 'transfer'],
  ['PaymentMethodVirtualAccount', 'virtual_account'],
  ['PaymentMethodMobile', 'phone'],
  ['PaymentMethodEasyPay', 'easy_pay'],
])
const methodFrom = (type: string | null): Method | null =>
  type === null ? null : (methods.get(type) ?? 'other')

/** PGs and methods that approve after the customer's return, or after they have said *failed* (§7). */
const approvesLater =
  /^(?:PAYPAL_V2|PAYLETTER_GLOBAL|EXIMBAY_V2|PAYMENTWALL|TRIPLE_A|PaymentMethodConvenienceStore|PaymentMethodCrypto|WECHAT|ALIPAY\w*)$/

function approvalOf({ status, channel, method }: TryV2): 'at_once' | 'later' {
  const names = [channel?.pgProvider, method?.type, method?.provider].map((name) => name ?? '')
  // Kicc approves later by some wallets alone, which the record may not name yet.
  const isUntold = names[0] === 'KICC_V2' && (method?.type ?? null) === null
  return status === 'PAY_PENDING' || isUntold || names.some((name) => approvesLater.test(name))
    ? 'later'
    : 'at_once'
}
