const env = process.env

/** The protocol of the payment window: portone-v1 or portone-v2. A failed order is tried again by its own. */
export const gateway = env.SHOP_GATEWAY ?? 'portone-v1'

/** What the page opens the window with. None of it is secret. */
export const paymentWindow = {
  'portone-v1': { sdkUrl: env.PORTONE_V1_SDK_URL, userCode: env.PORTONE_V1_USER_CODE },
  'portone-v2': {
    sdkUrl: env.PORTONE_V2_SDK_URL ?? 'https://cdn.portone.io/v2/browser-sdk.js',
    storeId: env.PORTONE_V2_STORE_ID,
    channelKey: env.PORTONE_V2_CHANNEL_KEY,
  },
}[gateway]
