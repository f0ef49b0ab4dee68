import { V2_STORE_ID, V2OverV1 } from '../../../testing/v2-over-v1.ts'
import { gatewayContract, type Connect } from '../gateway.contract.ts'
import { openHttp } from '../http.ts'
import { portoneV2 } from './client.ts'

const connect: Connect = ({ url, lookupTimeoutMs }) => {
  const { http: real, close } = openHttp()
  // With a gateway that speaks V2 at `url`, this is `real`.
  const { http } = new V2OverV1(real)
  const settings = { url, secret: 'secret', storeId: V2_STORE_ID, lookupTimeoutMs, cancelTimeoutMs: 5_000 }
  return { gateway: portoneV2(settings, http, Date.now, { warn: () => undefined }), close }
}

gatewayContract('V2', connect)
