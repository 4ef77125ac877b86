/** A mail server for tests. */
import { createServer } from 'node:net'
import { setTimeout as sleep } from 'node:timers/promises'
import { onTestFinished } from 'vitest'

/**
 * Starts a mail server that records what it receives, and the most mails that it had in hand at once. `refuse` is its answer to
 * recipients; it takes `delayMs` for each mail.
 */
export const startSmtpServer = async ({ refuse = '', delayMs = 0 } = {}) => {
  const inHand = { now: 0, most: 0 }
  const commands: string[] = []
  const messages: string[] = []
  const server = createServer(socket => {
    let data: string | undefined
    let rest = ''
    socket.write('220 test\r\n')
    socket.on('error', () => {})
    socket.on('data', chunk => {
      rest += chunk.toString('latin1')
      for (let end = rest.indexOf('\r\n'); end >= 0; end = rest.indexOf('\r\n')) {
        const line = rest.slice(0, end)
        rest = rest.slice(end + 2)
        if (data !== undefined) {
          if (line !== '.') data += `${line}\r\n`
          else {
            messages.push(data)
            data = undefined
            inHand.most = Math.max(inHand.most, ++inHand.now)
            sleep(delayMs).then(() => {
              inHand.now--
              socket.write('250 taken\r\n')
            })
          }
          continue
        }
        commands.push(line)
        if (line === 'DATA') data = ''
        if (line.startsWith('RCPT') && refuse) socket.write(`${refuse}\r\n`)
        else socket.write(line === 'DATA' ? '354 go on\r\n' : line === 'QUIT' ? '221 bye\r\n' : '250 ok\r\n')
      }
    })
  })
  await new Promise<void>(done => server.listen(0, '127.0.0.1', done))
  onTestFinished(() => new Promise<void>(done => server.close(() => done())))
  const address = server.address()
  const port = typeof address === 'object' && address ? address.port : 0
  return { url: `smtp://127.0.0.1:${port}`, port, commands, messages, inHand }
}
