import { expect, test } from 'vitest'
import { runProgram } from '../../test/local.ts'
import { commandLine, identify, isRunning, terminateProcess } from './process-identity.ts'

const WAITS = `console.log('up'); setInterval(() => {}, 1000)`
const REFUSES_TO_END = `process.on('SIGTERM', () => console.log('no')); ${WAITS}`

const started = async (source: string, ...args: string[]) => {
  const program = runProgram(source, ...args)
  await program.line()
  const identity = identify(program.child.pid ?? 0)
  if (!identity) throw new Error('not running')
  return { ...program, identity }
}

test('A process is known by pid and start time, and its command line can be read', async () => {
  const { identity, child, exit } = await started(WAITS, 'a-word')
  expect(isRunning(identity)).toBe(true)
  expect(identify(identity.pid)).toEqual(identity)
  expect(commandLine(identity.pid)).toContain('a-word')
  child.kill('SIGKILL')
  await exit
  expect(isRunning(identity)).toBe(false)
  expect(commandLine(identity.pid)).toBe('')
})

test('A process of the same pid but another start time is another, and is left alone', async () => {
  const { identity } = await started(WAITS)
  const earlier = { pid: identity.pid, started: 'earlier' }
  expect(isRunning(earlier)).toBe(false)
  expect(await terminateProcess(earlier, 100)).toBe(true)
  expect(isRunning(identity)).toBe(true)
})

test('A process that ends on SIGTERM is not killed', async () => {
  const { identity, exit } = await started(WAITS)
  expect(await terminateProcess(identity, 2000)).toBe(true)
  expect(await exit).toBe('SIGTERM')
})

test('A process that ignores SIGTERM is killed after the grace time', async () => {
  const { identity, exit, line } = await started(REFUSES_TO_END)
  expect(await terminateProcess(identity, 100)).toBe(true)
  expect(await line()).toBe('no')
  expect(await exit).toBe('SIGKILL')
})
