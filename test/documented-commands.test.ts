/** Tests that every command in the documents exists: scripts of npm with their arguments, and `cloudshelf` with its options. */
import { globSync, readFileSync } from 'node:fs'
import type { Command } from 'commander'
import { expect, test } from 'vitest'
import { program } from '#src/cli/program.ts'
import { OPTION_NAMES } from '../infra/settings/options.ts'
import manifest from '../package.json' with { type: 'json' }

const FILES = ['README.md', 'CONTRIBUTING.md', ...globSync('docs/*.md')]

/** The commands in code of a document, each to its end or to where another begins. */
const commandsIn = (file: string): string[] => {
  const text = readFileSync(file, 'utf8')
  const blocks = [...text.matchAll(/^```[a-z]*\n(.*?)^```/gms)].flatMap(([, block = '']) => block.split('\n'))
  const prose = text.replaceAll(/^```.*?^```/gms, '')
  const spans = [...prose.matchAll(/`([^`]+)`/g)].map(([, span = '']) => span.replaceAll(/\s+/g, ' '))
  return [...blocks, ...spans]
    .flatMap(line => line.split(/ && |; | \| | {2,}#/))
    .map(one =>
      one
        .replace(/^\$ /, '')
        .replace(/^(?:[A-Z_]+=\S+ )+/, '')
        .trim(),
    )
}
const ALL = FILES.flatMap(file => commandsIn(file).map(command => ({ file, command })))

const wordsOf = (text: string): string[] =>
  [...text.matchAll(/"[^"]*"|'[^']*'|[^\s"']+(?:"[^"]*")?/g)].map(([word]) => word.replaceAll(/["']/g, ''))

const withParents = (command: Command): readonly Command[] =>
  command.parent ? [command, ...withParents(command.parent)] : [command]

/** What is wrong with a command line of `cloudshelf`; undefined if it can be typed so. */
const findFault = (words: readonly string[]): string | undefined => {
  let command: Command = program
  for (const word of words) {
    // The rest is left out.
    if (word === '…') return undefined
    if (word.startsWith('-')) {
      const [name = ''] = word.split('=')
      if (/^(-h|--help)$/.test(name)) continue
      // Whatever follows is passed on.
      if (command.name() === 'prove') return undefined
      if (
        !withParents(command).some(one =>
          one.options.some(({ long, short }) => long === name || short === name),
        )
      )
        return `${command.name()} has no option ${name}`
      continue
    }
    const next: Command | undefined = command.commands.find(
      one => one.name() === word || one.aliases().includes(word),
    )
    if (next) command = next
    else if (command.commands.length > 0) return `${command.name()} has no command ${word}`
  }
  return undefined
}

test('each `cloudshelf` command of the documents exists, with its options', () => {
  const typed = ALL.filter(({ command }) => /^(npx )?cloudshelf [a-z-]/.test(command))
  expect(typed.length).toBeGreaterThan(30)
  const faults = typed.map(({ file, command }) => {
    const [, ...words] = wordsOf(command.replace(/^npx /, ''))
    return { file, command, fault: findFault(words) }
  })
  expect(faults.filter(({ fault }) => fault !== undefined)).toEqual([])
  expect(findFault(['orders', 'frobnicate'])).toBe('orders has no command frobnicate')
  expect(findFault(['orders', 'list', '--bogus', 'x'])).toBe('list has no option --bogus')
})

/** Scripts that read options of a deployment, with what they take beside them. */
const OPERATED = new Set(['synth', 'deploy', 'destroy', 'doctor', 'failover', 'maintenance', 'rotate'])

test('each script of npm in the documents exists, and each option of a deployment with it', () => {
  const scripts = ALL.flatMap(({ file, command }) => {
    const found = /^npm (?:run )?([a-z][\w:-]*)(?: -- (.*))?/.exec(command)
    return found && /^npm (run|test|start)\b/.test(command)
      ? [{ file, command, script: found[1] ?? '', args: wordsOf(found[2] ?? '') }]
      : []
  })
  expect(scripts.length).toBeGreaterThan(30)
  const faults = scripts.flatMap(({ file, command, script, args }) => {
    if (!Object.hasOwn(manifest.scripts, script)) return [`${file}: ${command}: there is no script ${script}`]
    if (!OPERATED.has(script)) return []
    return args.flatMap((arg, i) => {
      const option = args[i - 1] === '--context' ? arg.split('=')[0] : undefined
      const isKnown =
        option !== undefined
          ? OPTION_NAMES.includes(option) || option === 'name'
          : !arg.startsWith('--') || /^--(context|yes|adopt|with-data|final-backup|confirm)$/.test(arg)
      return isKnown ? [] : [`${file}: ${command}: unknown ${arg}`]
    })
  })
  expect(faults).toEqual([])
})

test('the scripts that operate a stage are in the guide', () => {
  const guide = readFileSync('docs/operations.md', 'utf8')
  for (const script of OPERATED) expect(guide).toContain(`npm run ${script}`)
})
