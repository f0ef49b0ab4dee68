import { Hono } from 'hono'
import { restFaults } from '../rest-faults.ts'
import type { SandboxEnv, State } from '../state.ts'
import { countCall } from '../v1/api.ts'
import { accountRoutesV2 } from './api-accounts.ts'
import { cancelRouteV2 } from './api-cancel.ts'
import { confirmRoute } from './api-confirm.ts'
import { lookupRoutesV2 } from './api-lookups.ts'
import { preRegisterRoute } from './api-pre-register.ts'
import { webhookRoutes } from './api-webhooks.ts'
import { loginRoutes, secretRequired } from './authorization.ts'
import { idempotency } from './idempotency.ts'
import { faultsV2 } from './rest-faults.ts'
import { unknownEndpointsV2 } from './unknown-endpoints.ts'

/**
 * The REST API of V2 (docs/gateway/portone-v2.md §4, §5). Each request is counted, then meets the configured faults, then the check of
 * the caller, then that of its idempotency key, then its route.
 */
export function createApiV2(state: State): Hono<SandboxEnv> {
  const api = new Hono<SandboxEnv>()
  api.use('*', countCall(state), restFaults(state, faultsV2(state)))
  loginRoutes(api, state)
  api.use('*', secretRequired(state), idempotency(state))
  lookupRoutesV2(api, state)
  preRegisterRoute(api, state)
  cancelRouteV2(api, state)
  confirmRoute(api, state)
  accountRoutesV2(api, state)
  webhookRoutes(api, state)
  unknownEndpointsV2(api)
  return api
}
