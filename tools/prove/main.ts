/** Command `cloudshelf prove` (`npm run prove`): tests every guarantee, prints a table, and exits with 1 if one does not hold. */
import { readFileSync, writeFileSync } from 'node:fs'
import { parseArgs } from 'node:util'
import { runCleanup } from '../../test/cleanup.ts'
import { createRun } from './guarantee.ts'
import { guarantees } from './guarantees.ts'
import { createReliabilityPage } from './reliability-page.ts'
import { formatOutcomes, getExitCode, type Outcome, type Report } from './report.ts'
import { detectVersions } from './versions.ts'

const HELP = `Usage: cloudshelf prove [options]

Tests the shop's guarantees under races, faults, crashes, overload and hostile input, on this machine only. Each race is also run
against a naive implementation, which must fail. The table shows how each guarantee was tested, the result and the verdict.

Options:
  --quick            few rounds, in about 8 minutes; without it about 50 minutes
  --only <numbers>   only these guarantees, for example 1,3
  --seed <n>         repeat the random choices of an earlier run (which prints its seed)
  --soak-minutes <n> duration of the sustained load of guarantee 31 (20; 0.2 with --quick)
  --json             print the results as JSON on stdout; messages go to stderr
  --write-docs       write docs/reliability.md and its plots from the results
  --from <file>      use the results of an earlier --json run instead of testing; may be repeated
  --list             list the guarantees and exit
  -h, --help         show this help

Bounds of time are ratios to what this machine did a moment before. Where one is missed while other programs use the processors,
the guarantee is UNDECIDED: neither kept nor missed; repeat it on a quiet machine.

Exit codes: 0 if every guarantee holds and every naive implementation fails, 1 if not, 2 wrong usage, 3 if some are undecided.`

const DOCS = new URL('../../docs/', import.meta.url)

const exitWithUsage = (message: string): never => {
  console.error(`cloudshelf prove: ${message} (see --help)`)
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
    return exitWithUsage(error instanceof Error ? error.message : String(error))
  }
}

const options = readOptions()
const log = (line: string): void => console.error(line)

const readNumber = (name: 'seed' | 'soak-minutes', fallback: number): number => {
  const text = options[name]
  const value = text === undefined ? fallback : Number(text)
  return Number.isFinite(value) && value >= 0
    ? value
    : exitWithUsage(`--${name} ${text} must be a number of 0 or more`)
}

const chooseGuarantees = () => {
  const { only } = options
  if (only === undefined) return guarantees
  const numbers = only.split(',').map(Number)
  const unknown = numbers.find(one => !guarantees.some(({ number }) => number === one))
  if (unknown !== undefined)
    exitWithUsage(`--only ${only}: there is no guarantee ${unknown}; --list shows all`)
  return guarantees.filter(({ number }) => numbers.includes(number))
}

const testAll = async (): Promise<Report> => {
  const seed = readNumber('seed', Math.floor(Math.random() * 1e6))
  const soakMinutes = readNumber('soak-minutes', options.quick ? 0.2 : 20)
  const started = new Date()
  log(`seed ${seed}`)
  const outcomes: Outcome[] = []
  for (const { prove, ...guarantee } of chooseGuarantees()) {
    const since = performance.now()
    const run = createRun({ quick: options.quick, seed, soakMinutes, withSuite: true, log }, guarantee)
    const proof = await prove(run).catch((error: unknown) => ({
      method: 'interrupted by an error',
      result: error instanceof Error ? (error.stack ?? error.message) : String(error),
      holds: false,
    }))
    const outcome = { ...guarantee, ...proof, seconds: (performance.now() - since) / 1000 }
    outcomes.push(outcome)
    log(formatOutcomes([outcome]))
  }
  const given = process.argv.slice(2).filter(one => !['--json', '--write-docs'].includes(one))
  const command = ['npm run prove', ...(given.length > 0 ? ['--', ...given] : [])].join(' ')
  return { ...detectVersions(), command, seed, started: started.toISOString(), outcomes }
}

/** Merges the reports of several runs, each of some guarantees. */
const mergeReports = (files: readonly string[]): Report => {
  const reports = files.map(file => JSON.parse(readFileSync(file, 'utf8')) as Report)
  const [first] = reports
  if (!first) return exitWithUsage('--from must be followed by a file')
  const outcomes = reports.flatMap(one => one.outcomes).sort((a, b) => a.number - b.number)
  return { ...first, command: reports.map(({ command }) => command).join('` and `'), outcomes }
}

const main = async (): Promise<void> => {
  if (options.help) return console.log(HELP)
  if (options.list)
    return console.log(
      guarantees.map(({ number, title, criterion }) => `${number}\t${title}\t${criterion}`).join('\n'),
    )
  const report = options.from ? mergeReports(options.from) : await testAll()
  if (options['write-docs'])
    for (const [file, content] of Object.entries(createReliabilityPage(report)))
      writeFileSync(new URL(file, DOCS), content)
  console.log(options.json ? JSON.stringify(report, null, 1) : `\n${formatOutcomes(report.outcomes)}`)
  process.exitCode = getExitCode(report.outcomes)
}

for (const signal of ['SIGINT', 'SIGTERM'] as const)
  process.once(signal, () => void runCleanup().finally(() => process.exit(130)))

try {
  await main()
} finally {
  await runCleanup()
}
