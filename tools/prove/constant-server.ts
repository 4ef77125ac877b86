/** Process that gives every request the same answer of so many bytes, as fast as Node can. Ends with its stdin. */
import { createServer } from 'node:http'
import type { AddressInfo } from 'node:net'

const bytes = Number(process.argv[2] ?? 300)

const server = createServer((request, response) => {
  request.resume()
  response.writeHead(503, { 'content-type': 'text/plain', 'content-length': bytes })
  // A new buffer for each response, as a file that is read for it.
  response.end(Buffer.alloc(bytes, ' '))
})
server.listen(0, '127.0.0.1', () => console.log((server.address() as AddressInfo).port))
process.stdin.resume().once('end', () => process.exit(0))
