/** A route of the app router: `export const POST = notices(process.env.NOTIFY_SECRETS, async (notice) => { … })`. */
export { webReceiver as notices } from './web.ts'
export type { VerifiedNotice, NoticeSecrets } from './receive.ts'
