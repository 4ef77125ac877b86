/** Raw HTTP requests over sockets to a running shop, byte by byte as no client would send them. */
import { readFileSync } from 'node:fs'
import { connect } from 'node:net'
import { temporaryFolder } from '../../test/kit.ts'
import { startShopProcess } from '../../test/shop-process.ts'
import { type CorpusEntry, entryBytes, readCorpus } from './corpus.ts'
import { INTERNALS } from './oracle.ts'
import { MAX_MS, scaleToIdle } from './pace.ts'
import type { Fault } from './runner.ts'

/** Longer than the shop's timeouts for headers and bodies plus Node's check interval of half a minute. */
const SLOW_TIMEOUT_MS = 75_000
const TIMEOUT_MS = 4_000

type SocketResponse = { readonly status: number | 'refused'; readonly text: string; readonly ms: number }

/** Sends bytes and returns what is received until the connection ends. */
const sendBytes = (port: number, bytes: Uint8Array, patience: number): Promise<SocketResponse> =>
  new Promise(done => {
    const start = performance.now()
    const socket = connect(port, '127.0.0.1', () => socket.write(bytes))
    let text = ''
    const end = () => {
      socket.destroy()
      const status = /^HTTP\/1\.[01] (\d{3})/.exec(text)?.[1]
      done({ status: status ? Number(status) : 'refused', text, ms: performance.now() - start })
    }
    socket.setTimeout(patience, end)
    socket.on('data', chunk => {
      text += chunk.toString('latin1')
    })
    socket.on('error', end)
    socket.on('close', end)
  })

const residentMegabytes = (pid: number): number =>
  Number(/VmRSS:\s+(\d+) kB/.exec(readFileSync(`/proc/${pid}/status`, 'utf8'))?.[1] ?? 0) / 1024

/** Sends `tools/fuzz/corpus/http`, never-completed requests only in a full run, and checks that the shop keeps running. */
export const fuzzSockets = async ({
  quick = false,
} = {}): Promise<{ count: number; faults: Fault[]; grownMb: number }> => {
  const shop = await startShopProcess(temporaryFolder())
  const port = Number(new URL(shop.url).port)
  const faults: Fault[] = []
  let count = 0
  const check = async (entry: CorpusEntry): Promise<void> => {
    const text = Buffer.from(entryBytes(entry)).toString('utf8').replaceAll('{{host}}', `127.0.0.1:${port}`)
    const send = () => sendBytes(port, Buffer.from(text, 'utf8'), entry.slow ? SLOW_TIMEOUT_MS : TIMEOUT_MS)
    const first = await send()
    // Repeated beside constant answers, because a slow response may be caused by a busy machine.
    const response = !entry.slow && first.ms >= MAX_MS ? await send() : first
    const ms = response === first ? first.ms : await scaleToIdle(response.ms)
    count++
    const note = (fault: string) =>
      faults.push({
        request: `${entry.id} ${entry.why}: ${text.slice(0, 120)} -> ${response.text.slice(0, 200)}`,
        fault,
      })
    if (![entry.expect].flat().includes(response.status))
      note(`is ${response.status}, should be ${JSON.stringify(entry.expect)}`)
    if (
      typeof response.status === 'number' &&
      response.status >= 500 &&
      response.status !== 501 &&
      response.status !== 505
    )
      note(`is a ${response.status}`)
    if (INTERNALS.test(response.text)) note('reveals internals')
    if (ms >= (entry.slow ? SLOW_TIMEOUT_MS : MAX_MS)) note(`took ${Math.round(ms)} ms`)
  }
  const entries = readCorpus('http')
  const quickOnes = entries.filter(one => !one.slow)
  // The first round warms up; memory must not grow in the second.
  for (const entry of quickOnes) await check(entry)
  const before = residentMegabytes(shop.pid)
  const slow = quick ? [] : entries.filter(one => one.slow).map(check)
  for (const entry of quickOnes) await check(entry)
  await Promise.all(slow)
  const alive = await fetch(`${shop.url}/api/health`).then(answer => answer.ok)
  if (!alive) faults.push({ request: 'GET /api/health', fault: 'does not answer any more' })
  const grownMb = residentMegabytes(shop.pid) - before
  for (const line of shop.output().split('\n'))
    if (line.startsWith('error ')) faults.push({ request: 'the log of the shop', fault: line.slice(0, 300) })
  await shop.end()
  return { count, faults, grownMb }
}
