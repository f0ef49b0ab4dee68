import type { GatewayName } from '../gateway-name.ts'
import { ImpUid } from '../portone-v1/wire.ts'

/** The protocol whose ids look like this one, where nothing else tells. A guess: it only decides which gateway is asked first. */
export const gatewayByPaymentId = (paymentId: string): GatewayName =>
  ImpUid.safeParse(paymentId).success ? 'portone-v1' : 'portone-v2'
