import { z } from 'zod'
import { withoutPrefixes } from './spellings.ts'

/** The fields of `requestPayment` (docs/gateway/portone-v2.md §2.3). Unknown ones are ignored, as by the real script. */
const TEXT_MAX = 1_000
const NOTICE_URLS_MAX = 10
const WebUrl = z.url({ protocol: /^https?$/ })
const Text = z.string().min(1).max(TEXT_MAX)
const Minor = z.number().int().nonnegative()
const Window = z.enum(['IFRAME', 'POPUP', 'REDIRECTION', 'UI'])

const Customer = z.looseObject({
  customerId: z.string().optional(),
  fullName: z.string().optional(),
  firstName: z.string().optional(),
  lastName: z.string().optional(),
  phoneNumber: z.string().optional(),
  email: z.string().optional(),
  zipcode: z.string().optional(),
  address: z
    .looseObject({ addressLine1: z.string().optional(), addressLine2: z.string().optional() })
    .optional(),
})

const RequestPayment = z.object({
  storeId: Text,
  paymentId: Text,
  orderName: Text,
  totalAmount: z.number().int().positive(),
  currency: z.string().regex(/^[A-Z]{3}$/),
  payMethod: z.enum([
    'CARD',
    'VIRTUAL_ACCOUNT',
    'TRANSFER',
    'MOBILE',
    'GIFT_CERTIFICATE',
    'EASY_PAY',
    'PAYPAL',
    'ALIPAY',
    'CONVENIENCE_STORE',
    'ALIPAY_PLUS',
  ]),
  channelKey: Text.optional(),
  channelGroupId: Text.optional(),
  taxFreeAmount: Minor.default(0),
  vatAmount: Minor.optional(),
  customer: Customer.optional(),
  windowType: z.object({ pc: Window.optional(), mobile: Window.optional() }).optional(),
  // A scheme address brings the customer back into a mobile app.
  redirectUrl: z.url().optional(),
  forceRedirect: z.boolean().default(false),
  noticeUrls: z.array(WebUrl).max(NOTICE_URLS_MAX).optional(),
  confirmUrl: WebUrl.optional(),
  isCulturalExpense: z.boolean().default(false),
  products: z.array(z.looseObject({})).default([]),
  country: z.string().optional(),
  customData: z.record(z.string(), z.unknown()).optional(),
  virtualAccount: z
    .looseObject({
      accountExpiry: z
        .union([z.object({ validHours: z.number().int().positive() }), z.object({ dueDate: z.string() })])
        .optional(),
    })
    .optional(),
  easyPay: z.looseObject({ easyPayProvider: z.string().optional() }).optional(),
  /** Set by the script, not by the shop. */
  device: z.enum(['pc', 'mobile']).default('mobile'),
  openerOrigin: z.string().optional(),
  userAgent: z.string().optional(),
  /** For tests alone: the start in unix seconds, for a try that is older than its order. */
  startedAt: z.number().int().nonnegative().optional(),
})
export type RequestPayment = z.output<typeof RequestPayment>
export type V2OpenRequest = z.input<typeof RequestPayment>

/** Text: what is wrong with the request. */
export function readRequest(request: unknown): RequestPayment | string {
  const parsed = RequestPayment.safeParse(withoutPrefixes(request))
  if (!parsed.success) {
    const issue = parsed.error.issues[0]
    return `결제 요청 파라미터가 올바르지 않습니다. (${issue?.path.join('.') ?? ''})`
  }
  const { channelKey, channelGroupId, taxFreeAmount, totalAmount } = parsed.data
  if ((channelKey === undefined) === (channelGroupId === undefined))
    return 'channelKey와 channelGroupId 중 하나만 입력해야 합니다.'
  return taxFreeAmount > totalAmount ? '면세금액이 결제금액보다 큽니다. (taxFreeAmount)' : parsed.data
}
