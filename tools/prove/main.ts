/** `cloudshelf prove`, `npm run prove`: what the shop promises, tried; a table, and exit code 1 where a promise is not kept. */
import { readFileSync, writeFileSync } from 'node:fs'
import { parseArgs } from 'node:util'
import { runCleanup } from '../../test/cleanup.ts'
import { createRun } from './guarantee.ts'
import { guarantees } from './guarantees.ts'
import { createReliabilityPage } from './reliability-page.ts'
import { formatOutcomes, getVerdict, type Outcome, type Report } from './report.ts'
import { detectVersions } from './versions.ts'

const HELP = `Usage: cloudshelf prove [options]

Tries what the shop promises under races, faults, kills, overload and hostile input, on this machine alone. Each race is also run
against a naive implementation, which has to fail. The table says what was tried, what was found, and whether the promise is kept.

Options:
  --quick            few rounds, in under 4 minutes; without it about 50 minutes
  --only <numbers>   these promises alone: 1,3
  --seed <n>         the random choices of another run (its seed is printed)
  --soak-minutes <n> how long the mixed traffic of promise 31 lasts (20; 0.2 with --quick)
  --json             the results as JSON on stdout; all else goes to stderr
  --write-docs       writes docs/reliability.md and its plots from the results
  --from <file>      takes the results of an earlier --json run instead of trying anything; of several, if given more than once
  --list             only says what there is
  -h, --help

Exit codes: 0 every promise kept and every naive implementation found out, 1 not so, 2 wrong usage.`

const DOCS = new URL('../../docs/', import.meta.url)

const wrongUsage = (message: string): never => {
  console.error(`cloudshelf prove: ${message} (--help)`)
  process.exit(2)
}

const readOptions = () => {
  try {
    return parseArgs({
      options: {
        quick: { type: 'boolean', default: false },
        only: { type: 'string' },
        seed: { type: 'string' },
        'soak-minutes': { type: 'string' },
        json: { type: 'boolean', default: false },
        'write-docs': { type: 'boolean', default: false },
        from: { type: 'string', multiple: true },
        list: { type: 'boolean', default: false },
        help: { type: 'boolean', short: 'h', default: false },
      },
    }).values
  } catch (error) {
    return wrongUsage(error instanceof Error ? error.message : String(error))
  }
}

const options = readOptions()
const say = (line: string): void => console.error(line)

const numberOf = (name: 'seed' | 'soak-minutes', fallback: number): number => {
  const text = options[name]
  const value = text === undefined ? fallback : Number(text)
  return Number.isFinite(value) && value >= 0 ? value : wrongUsage(`--${name} ${text} is no number`)
}

const chosen = () => {
  const { only } = options
  if (only === undefined) return guarantees
  const numbers = only.split(',').map(Number)
  const unknown = numbers.find(one => !guarantees.some(({ number }) => number === one))
  if (unknown !== undefined) wrongUsage(`--only ${only}: there is no promise ${unknown}`)
  return guarantees.filter(({ number }) => numbers.includes(number))
}

const tryAll = async (): Promise<Report> => {
  const seed = numberOf('seed', Math.floor(Math.random() * 1e6))
  const soakMinutes = numberOf('soak-minutes', options.quick ? 0.2 : 20)
  const started = new Date()
  say(`seed ${seed}`)
  const outcomes: Outcome[] = []
  for (const { prove, ...promised } of chosen()) {
    const since = performance.now()
    const run = createRun({ quick: options.quick, seed, soakMinutes, withSuite: true, log: say }, promised)
    const proof = await prove(run).catch((error: unknown) => ({
      method: 'was cut off',
      result: error instanceof Error ? (error.stack ?? error.message) : String(error),
      holds: false,
    }))
    const outcome = { ...promised, ...proof, seconds: (performance.now() - since) / 1000 }
    outcomes.push(outcome)
    say(formatOutcomes([outcome]))
  }
  const given = process.argv.slice(2).filter(one => !['--json', '--write-docs'].includes(one))
  const command = ['npm run prove', ...(given.length > 0 ? ['--', ...given] : [])].join(' ')
  return { ...detectVersions(), command, seed, started: started.toISOString(), outcomes }
}

/** Runs of some promises each, as one. */
const joined = (files: readonly string[]): Report => {
  const reports = files.map(file => JSON.parse(readFileSync(file, 'utf8')) as Report)
  const [first] = reports
  if (!first) return wrongUsage('--from needs a file')
  const outcomes = reports.flatMap(one => one.outcomes).sort((a, b) => a.number - b.number)
  return { ...first, command: reports.map(({ command }) => command).join('` and `'), outcomes }
}

const main = async (): Promise<void> => {
  if (options.help) return console.log(HELP)
  if (options.list)
    return console.log(
      guarantees.map(({ number, title, criterion }) => `${number}\t${title}\t${criterion}`).join('\n'),
    )
  const report = options.from ? joined(options.from) : await tryAll()
  if (options['write-docs'])
    for (const [file, content] of Object.entries(createReliabilityPage(report)))
      writeFileSync(new URL(file, DOCS), content)
  console.log(options.json ? JSON.stringify(report, null, 1) : `\n${formatOutcomes(report.outcomes)}`)
  const isKept = report.outcomes.every(one => getVerdict(one) === 'kept')
  process.exitCode = isKept ? 0 : 1
}

for (const signal of ['SIGINT', 'SIGTERM'] as const)
  process.once(signal, () => void runCleanup().finally(() => process.exit(130)))

try {
  await main()
} finally {
  await runCleanup()
}
