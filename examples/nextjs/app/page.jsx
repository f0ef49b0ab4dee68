import Buy from './buy.jsx'

export default function Shop() {
  return (
    <main>
      <h1>제주 한라봉 드립백</h1>
      <p role="status">14,000원</p>
      <Buy />
    </main>
  )
}
