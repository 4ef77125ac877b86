/** CPU profiler of a running shop, which uses its inspector and reports self time by module. */
import { once } from 'node:events'
import { fileURLToPath } from 'node:url'

type Node = {
  readonly id: number
  readonly callFrame: { readonly functionName: string; readonly url: string; readonly lineNumber: number }
}
export type Profile = {
  readonly nodes: readonly Node[]
  /** Node ids, one per sample, and microseconds since the previous sample. */
  readonly samples: readonly number[]
  readonly timeDeltas: readonly number[]
}

/** Sampling interval in microseconds. */
const INTERVAL = 200
const PROJECT = fileURLToPath(new URL('../..', import.meta.url))

export type Profiler = {
  /** Profiles the shop while `work` runs. */
  readonly during: (work: () => Promise<unknown>) => Promise<Profile>
  readonly close: () => void
}

/** Connects to an inspector URL such as ws://127.0.0.1:9229/<id>. */
export const createProfiler = async (inspector: string): Promise<Profiler> => {
  const socket = new WebSocket(inspector)
  await once(socket, 'open')
  let asked = 0
  const ask = (method: string, params: object = {}): Promise<Record<string, unknown>> =>
    new Promise((done, failed) => {
      const id = ++asked
      const listen = ({ data }: MessageEvent): void => {
        const answer = JSON.parse(String(data)) as {
          id?: number
          result?: Record<string, unknown>
          error?: { message: string }
        }
        if (answer.id !== id) return
        socket.removeEventListener('message', listen)
        if (answer.result) done(answer.result)
        else failed(new Error(`${method}: ${answer.error?.message}`))
      }
      socket.addEventListener('message', listen)
      socket.send(JSON.stringify({ id, method, params }))
    })
  await ask('Profiler.enable')
  await ask('Profiler.setSamplingInterval', { interval: INTERVAL })
  return {
    during: async work => {
      await ask('Profiler.start')
      await work()
      return (await ask('Profiler.stop')).profile as Profile
    },
    close: () => socket.close(),
  }
}

/** Module name: our files by path, packages by name, Node's modules by name: `src/cart/quote.ts`, `undici`, `node:net`. */
const moduleName = ({ callFrame: { url, functionName } }: Node): string => {
  if (url === '') return functionName.startsWith('(') ? functionName : `native ${functionName}`
  if (url.startsWith('node:')) return url.split('/').slice(0, 2).join('/')
  const path = url.startsWith('file:') ? fileURLToPath(url) : url
  const inside = path.startsWith(PROJECT) ? path.slice(PROJECT.length) : path
  const named = /^node_modules\/((?:@[^/]+\/)?[^/]+)/.exec(inside)
  return named?.[1] ?? inside
}

const functionName = (node: Node): string =>
  `${moduleName(node)} ${node.callFrame.functionName || `line ${node.callFrame.lineNumber + 1}`}`

export type SelfTime = { readonly name: string; readonly milliseconds: number }

/** Self time of each module or function, highest first, without idle time. */
export const computeSelfTimes = (profile: Profile, by: 'module' | 'function'): SelfTime[] => {
  const nameOf = by === 'module' ? moduleName : functionName
  const names = new Map(profile.nodes.map(node => [node.id, nameOf(node)]))
  const sums = new Map<string, number>()
  profile.samples.forEach((id, i) => {
    const name = names.get(id) ?? '(unknown)'
    if (name.startsWith('(idle)')) return
    sums.set(name, (sums.get(name) ?? 0) + (profile.timeDeltas[i] ?? 0) / 1000)
  })
  return [...sums]
    .map(([name, milliseconds]) => ({ name, milliseconds }))
    .sort((a, b) => b.milliseconds - a.milliseconds)
}
