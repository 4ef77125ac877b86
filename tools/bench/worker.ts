/** Worker process that runs jobs one after the other, so that its CPU time is separate from the caller's. */
import { type ChildProcess, fork } from 'node:child_process'
import { fileURLToPath } from 'node:url'

type Answer<R> = { readonly result: R } | { readonly error: string }

export type Worker<J, R> = {
  readonly pid: number
  /** Runs one job at a time. Rejects with the worker's error, or if it ends. */
  readonly run: (job: J) => Promise<R>
  readonly end: () => Promise<void>
}

const started = new Set<ChildProcess>()

const kill = (child: ChildProcess): Promise<void> =>
  new Promise(done => {
    if (child.exitCode !== null || child.signalCode !== null) return done()
    child.once('exit', () => done())
    child.kill('SIGKILL')
  })

/** Starts a file of this folder as a worker; the file calls `serveJobs`. */
export const startWorker = <J, R>(file: string): Worker<J, R> => {
  const path = fileURLToPath(new URL(file, import.meta.url))
  const child = fork(path, {
    serialization: 'advanced',
    env: { PATH: process.env.PATH, NODE_ENV: 'production' },
  })
  started.add(child)
  child.once('exit', () => started.delete(child))
  const run = (job: J): Promise<R> =>
    new Promise((done, failed) => {
      const ended = () => failed(new Error(`${file} ended before its job was done`))
      child.once('exit', ended)
      child.once('message', answer => {
        child.off('exit', ended)
        const said = answer as Answer<R>
        if ('error' in said) failed(new Error(`${file}: ${said.error}`))
        else done(said.result)
      })
      child.send(job as object)
    })
  return { pid: child.pid ?? 0, run, end: () => kill(child) }
}

/** Stops all workers. */
export const stopWorkers = async (): Promise<void> => {
  await Promise.all([...started].map(kill))
}

/** Called in the worker's file: runs the jobs it is sent until the parent is gone. */
export const serveJobs = <J, R>(work: (job: J) => Promise<R>): void => {
  process.on('disconnect', () => process.exit(0))
  process.on('message', job => {
    work(job as J).then(
      result => process.send?.({ result }),
      error =>
        process.send?.({ error: error instanceof Error ? (error.stack ?? error.message) : String(error) }),
    )
  })
}
