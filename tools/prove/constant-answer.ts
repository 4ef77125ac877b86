/**
 * Constant answer of a plain server: what the machine takes for any response at this moment. Bounds of time are ratios to it,
 * because the same shop is several times slower on a slower or busier machine.
 */
import { spawn } from 'node:child_process'
import { once } from 'node:events'
import { setTimeout as sleep } from 'node:timers/promises'
import { fileURLToPath } from 'node:url'
import { Agent, request } from 'undici'
import { onCleanup } from '../../test/cleanup.ts'

const SERVER = fileURLToPath(new URL('constant-server.ts', import.meta.url))
const PER_SECOND = 50

export type ConstantServer = {
  readonly pid: number
  readonly port: number
  /** Response times (ms), 50 a second for so many seconds. */
  readonly sample: (seconds: number) => Promise<number[]>
  readonly end: () => Promise<void>
}

/** Starts a process that gives every request the same answer of `bytes`. */
export const startConstantServer = async (bytes = 300): Promise<ConstantServer> => {
  const child = spawn(process.execPath, [SERVER, String(bytes)], { stdio: ['pipe', 'pipe', 'inherit'] })
  onCleanup(async () => void child.kill())
  const [line] = (await once(child.stdout, 'data')) as [Buffer]
  const port = Number(line)
  const agent = new Agent({ connections: 8 })
  const ask = async (): Promise<number> => {
    const since = performance.now()
    const { body } = await request(`http://127.0.0.1:${port}/`, { dispatcher: agent })
    await body.arrayBuffer()
    return performance.now() - since
  }
  return {
    pid: child.pid ?? 0,
    port,
    sample: async seconds => {
      const answers: Promise<number>[] = []
      const until = performance.now() + seconds * 1000
      for (; performance.now() < until; await sleep(1000 / PER_SECOND)) answers.push(ask())
      return Promise.all(answers)
    },
    end: async () => {
      await agent.close()
      if (child.exitCode !== null || child.signalCode !== null) return
      child.stdin.end()
      await once(child, 'exit')
    },
  }
}
