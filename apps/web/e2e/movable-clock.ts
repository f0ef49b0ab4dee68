// Node loads this file before the server. It lets a test move the server's clock forward.
const realNowMs = Date.now
let movedMs = 0
Date.now = () => realNowMs() + movedMs
process.on('message', (byMs) => {
  movedMs += Number(byMs)
  process.send?.(movedMs)
})
