import { cookies } from 'next/headers'
import Buy from '../buy.jsx'
import { stateOf } from '../../shop.js'

const sentences = {
  open: '결제를 확인하고 있습니다.',
  awaiting_deposit: '다음 계좌로 입금해 주세요:',
  paid: '결제가 완료되었습니다. 고맙습니다.',
  partially_cancelled: '일부 금액을 돌려드렸습니다.',
  cancelled: '결제 금액을 모두 돌려드렸습니다.',
  expired: '주문 시간이 지났습니다. 다시 주문해 주세요.',
}

/** Asks Landfall, never the address: anybody can write an address. */
export default async function Thanks({ searchParams }) {
  const { order_id: orderId, again } = await searchParams
  const state = await stateOf(orderId, await cookies())
  if (state === null) return <p>주문을 찾을 수 없습니다.</p>
  const { status, lastTry, account } = state
  // The screen offered another try, or the newest one failed. A page with buttons does not reload under the customer.
  const canRetry = status === 'open' && (again === '1' || lastTry === 'failed')
  const canBuy = canRetry || status === 'expired' || status === 'cancelled'
  const isWaiting = !canBuy && (status === 'open' || status === 'awaiting_deposit')
  return (
    <main>
      {isWaiting && <meta httpEquiv="refresh" content="3" />}
      <p role="status">
        {canRetry ? '아직 결제되지 않았습니다. 다시 결제할 수 있습니다.' : sentences[status]}{' '}
        {account && `${account.bank} ${account.number} (${account.holder})`}
      </p>
      {canBuy && <Buy again={orderId} />}
    </main>
  )
}
