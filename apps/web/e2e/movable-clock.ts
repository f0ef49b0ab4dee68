// Loaded into the server's process before the server: its clock goes on from wherever a test moves it to.
const realNowMs = Date.now
let movedMs = 0
Date.now = () => realNowMs() + movedMs
process.on('message', (byMs) => {
  movedMs += Number(byMs)
  process.send?.(movedMs)
})
