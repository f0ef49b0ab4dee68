import type { SandboxPayment } from '../ledger.ts'

/** The channel of a payment in answers. The PG is the row's, because the customer may have chosen another one in the window. */
export function channelFields({ row, v2 }: SandboxPayment) {
  const pgProvider = (row.pg_provider ?? 'html5_inicis').toUpperCase()
  const type = row.sandbox ? 'TEST' : 'LIVE'
  const key = v2?.channel.key ?? `channel-key-${type.toLowerCase()}`
  const groupId = v2?.channel.groupId ?? null
  return {
    channel: {
      type,
      id: `channel-id-${key}`,
      key,
      name: type === 'TEST' ? '테스트' : '실연동',
      pgProvider,
      pgMerchantId: row.pg_id ?? '',
    },
    ...(groupId === null ? {} : { channelGroup: { id: groupId, name: groupId, isForTest: row.sandbox } }),
  }
}
