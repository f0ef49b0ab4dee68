export const metadata = { title: '드립백 상점' }

export default function Layout({ children }) {
  return (
    <html lang="ko">
      <body style={{ font: '16px/1.6 system-ui', maxWidth: '24rem', margin: '3rem auto', padding: '0 1rem' }}>
        {children}
      </body>
    </html>
  )
}
