/** docs/self-hosting.md: its settings are those of the shop, its commands and options exist, and its blocks are whole. */
import { readFileSync } from 'node:fs'
import { expect, test } from 'vitest'
import { backupCommand } from '#src/cli/backup.ts'
import { doctorCommand } from '#src/cli/doctor.ts'
import { outboxCommand } from '#src/cli/outbox.ts'
import { restoreCommand, resumeCommand } from '#src/cli/restore.ts'
import { adminCommand } from '#src/cli/staff.ts'
import { parseEnvironment, VARIABLES_BY_SUBJECT } from '#src/composition/environment.ts'

const page = readFileSync(new URL('../docs/self-hosting.md', import.meta.url), 'utf8')
const blocks = [...page.matchAll(/```(\w*)\n([\s\S]*?)```/g)].map(([, language, text = '']) => ({
  language,
  text,
}))

test('the environment file is understood by the shop as it is', () => {
  const file = blocks.find(({ text }) => text.startsWith('CLOUDSHELF_DATA_DIR='))?.text ?? ''
  const given = Object.fromEntries(
    file
      .trim()
      .split('\n')
      .map(line => [line.slice(0, line.indexOf('=')), line.slice(line.indexOf('=') + 1).replaceAll('"', '')]),
  )
  const known = Object.values(VARIABLES_BY_SUBJECT).flatMap(Object.keys)
  expect(Object.keys(given).filter(name => !known.includes(name))).toEqual([])
  expect(parseEnvironment(given)).not.toHaveProperty('problems')
})

const COMMANDS = [
  backupCommand(),
  restoreCommand(),
  resumeCommand(),
  doctorCommand(),
  adminCommand(),
  outboxCommand(),
]

test('the commands on the page exist with their options', () => {
  const used = [
    ...page.matchAll(
      /(?:\bshop|npx cloudshelf) (backup|restore|resume|doctor|admin|outbox)(?: (create|list|retry))?\b([^`\n]*)/g,
    ),
  ]
  expect(used.length).toBeGreaterThan(10)
  for (const [text, name, sub, rest = ''] of used) {
    const command = COMMANDS.find(one => one.name() === name)
    const found = sub ? command?.commands.find(one => one.name() === sub) : command
    const known = found?.options.map(({ long }) => long)
    for (const [option] of rest.matchAll(/--[a-z-]+/g)) expect(known, text).toContain(option)
    expect(found, text).toBeDefined()
  }
})
