import { spawnSync } from 'node:child_process'
import { expect, test } from 'vitest'
import { createProcessTable } from './process-table.ts'

const NO_SUCH_PROCESS = 2 ** 22 + 1

test.each(['linux', 'darwin'])(
  'The table of %s has this process with its start time and command line',
  platform => {
    const table = createProcessTable(platform)
    const started = table.started(process.pid)
    expect(started).toMatch(
      platform === 'linux' ? /^[0-9a-f-]{36}:\d+$/ : /^\w{3} \w{3} +\d+ \d\d:\d\d:\d\d \d{4}$/,
    )
    expect(table.started(process.pid)).toBe(started)
    expect(table.command(process.pid)).toContain('node')
    expect(table.started(NO_SUCH_PROCESS)).toBeUndefined()
    expect(table.command(NO_SUCH_PROCESS)).toBeUndefined()
  },
)

test('The table of ps counts a zombie as dead', () => {
  const table = createProcessTable('darwin', () => 'Z+   Sun Nov 29 02:10:00 2026')
  expect(table.started(1)).toBeUndefined()
})

test('The table of Windows asks PowerShell, and takes an empty answer as no process', () => {
  const asked: string[] = []
  const answers = ['134088774000000000', 'C:\\engine\\dynoxide.exe --port 20000', '', '']
  const table = createProcessTable('win32', (file, args) => {
    asked.push([file, ...args].join(' '))
    return answers.shift()
  })
  expect(table.started(42)).toBe('134088774000000000')
  expect(table.command(42)).toBe('C:\\engine\\dynoxide.exe --port 20000')
  expect(table.started(43)).toBeUndefined()
  expect(table.command(43)).toBeUndefined()
  expect(asked[0]).toBe(
    "powershell.exe -NoProfile -NonInteractive -Command Get-CimInstance Win32_Process -Filter 'ProcessId=42' | ForEach-Object { $_.CreationDate.ToFileTimeUtc() }",
  )
})

test('A tool that is not there means that nothing is known', () => {
  expect(spawnSync('powershell.exe').error).toBeDefined()
  expect(createProcessTable('win32').started(process.pid)).toBeUndefined()
})
