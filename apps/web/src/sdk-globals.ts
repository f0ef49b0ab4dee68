import type { SdkV1 } from './portone-v1/checkout.ts'
import type { SdkV2 } from './portone-v2/checkout.ts'

/** What the gateway's browser scripts add to the shop's page. */
declare global {
  interface Window {
    IMP?: SdkV1
    PortOne?: SdkV2
  }
}
