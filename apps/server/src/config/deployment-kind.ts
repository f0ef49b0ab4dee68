import type { ValidVariables } from './environment.ts'
import { sandboxAddress } from './gateway-settings.ts'
import { isLoopback, isLoopbackHost } from './loopback.ts'

export const isProduction = ({ NODE_ENV }: ValidVariables): boolean => NODE_ENV === 'production'
/** Customers come from other machines. */
export const isPublic = ({ PUBLIC_URL }: ValidVariables): boolean =>
  PUBLIC_URL !== undefined && !isLoopback(PUBLIC_URL)
/** The server listens to other machines. */
export const isOpen = ({ HOST }: ValidVariables): boolean => HOST !== undefined && !isLoopbackHost(HOST)
/** A deployment that others can reach, or that is meant for them. */
export const isServing = (env: ValidVariables): boolean => isProduction(env) || isPublic(env) || isOpen(env)
export const isSandbox = (env: ValidVariables): boolean => sandboxAddress(env) !== null
/** The built product runs against the sandbox, on this machine only. */
export const isRehearsal = (env: ValidVariables): boolean => isSandbox(env) && !isPublic(env) && !isOpen(env)
