/** Mail server that delivers nothing: it ends each connection at once or, from `fallSilent` on, keeps the shop waiting. */
import { createServer, type Socket } from 'node:net'

export const startMailServer = async () => {
  let silent = false
  const waiting = new Set<Socket>()
  const server = createServer(socket => {
    socket.on('error', () => {})
    if (silent) waiting.add(socket)
    else socket.destroy()
  })
  await new Promise<void>(done => server.listen(0, '127.0.0.1', done))
  const address = server.address()
  return {
    url: `smtp://127.0.0.1:${typeof address === 'object' ? address?.port : 0}`,
    fallSilent: () => {
      silent = true
    },
    isWaiting: () => waiting.size > 0,
    close: () => {
      for (const socket of waiting) socket.destroy()
      server.close()
    },
  }
}
