export type * from './api-types.ts'
export { createLandfall, type Landfall, type LandfallOptions } from './landfall.ts'
export { LandfallError, type LandfallErrorKind } from './landfall-error.ts'
export {
  receive,
  type VerifiedNotice,
  type NoticeSecrets,
  type RawRequest,
  type ReceivedNotice,
  type RefusedNotice,
} from './receive.ts'
