import { gatewayContract, type Protocol } from '../gateway.contract.ts'
import { openHttp } from '../http.ts'
import { openV2Window, sandboxStoreId } from '../../../testing/windows.ts'
import { portoneV2 } from './client.ts'

const v2: Protocol = {
  connect: ({ url, lookupTimeoutMs }) => {
    const { http, close } = openHttp()
    const settings = {
      url,
      secret: 'sandbox-v2-secret',
      storeId: sandboxStoreId,
      lookupTimeoutMs,
      cancelTimeoutMs: 5_000,
    }
    return { gateway: portoneV2(settings, http, Date.now, { warn: () => undefined }), close }
  },
  urlOf: ({ v2Url }) => v2Url,
  open: openV2Window,
}

gatewayContract('V2', v2)
