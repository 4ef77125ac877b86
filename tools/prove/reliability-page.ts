/** docs/reliability.md and its plots, made from the outcomes of a run. */
import { createLinePlot } from './line-plot.ts'
import { getVerdict, type Outcome, type Report } from './report.ts'

/** File names beside the page, with what they hold. */
export type Files = Readonly<Record<string, string>>

const escapeCell = (text: string): string => text.replaceAll('|', '\\|').replaceAll(/\s+/g, ' ')

const createRow = (one: Outcome): string =>
  `| ${one.number} | **${one.title}**: ${escapeCell(one.criterion)} | ${escapeCell(one.method)} | ${escapeCell(one.result)} | ${escapeCell(one.control?.result ?? '')} | ${getVerdict(one)} |`

const findSeries = ({ outcomes }: Report, number: number, name: string): readonly number[] => {
  const values = outcomes.find(one => one.number === number)?.figures?.[name]
  return Array.isArray(values) ? values : []
}

const findFigure = ({ outcomes }: Report, number: number, name: string): number | undefined => {
  const value = outcomes.find(one => one.number === number)?.figures?.[name]
  return typeof value === 'number' ? value : undefined
}

const createPlots = (report: Report): Files => {
  const good = findSeries(report, 25, 'goodPerSecond')
  const memory = findSeries(report, 31, 'memory')
  const engine = findSeries(report, 31, 'ofEngine')
  return {
    ...(good.length > 0
      ? {
          'images/overload.svg': createLinePlot({
            title: 'Before, under and after four times what the shop can do',
            unit: 'requests per second',
            across: `${good.length} s`,
            lines: [
              { name: 'answered', colour: '#15803d', values: good },
              {
                name: 'refused at once',
                colour: '#d97706',
                values: findSeries(report, 25, 'refusedPerSecond'),
              },
            ],
          }),
        }
      : {}),
    ...(memory.length > 0
      ? {
          'images/soak.svg': createLinePlot({
            title: 'Memory and descriptors of shop and engine under mixed traffic',
            unit: 'MB, and how many',
            across: `${findFigure(report, 31, 'minutes')} minutes`,
            lines: [
              { name: 'MB (PSS) of both', colour: '#15803d', values: memory },
              ...(engine.length > 0 ? [{ name: 'of the engine', colour: '#2563eb', values: engine }] : []),
              { name: 'descriptors', colour: '#d97706', values: findSeries(report, 31, 'descriptors') },
            ],
          }),
        }
      : {}),
  }
}

const NOT_TESTED = [
  'DynamoDB itself: all of this runs on the embedded engine. What the engine never does (conflicts, throttling, lost answers) is put between shop and engine; where the engine differs from DynamoDB’s documentation, promise 30 says so.',
  'Power loss and broken disks: `kill -9` leaves the operating system’s memory as it is.',
  'More than one machine, networks that part, clocks that jump. Two processes on one set of tables are tried (1, 2, 11, 12).',
  'Readers of an earlier release on newer rows: there has been no earlier release. Foreign and incomplete rows are tried (29).',
  'Mail servers and Cognito as they are on the internet: both are stood in for on this machine.',
  'The order in which concurrent requests reach the shop: a seed repeats the random choices, not the timing of the operating system.',
]

export const createReliabilityPage = (report: Report): Files => {
  const { outcomes, machine, versions, command, seed, started } = report
  const kept = outcomes.filter(one => getVerdict(one) === 'kept').length
  const minutes = Math.round(outcomes.reduce((sum, { seconds }) => sum + seconds, 0) / 60)
  const plots = createPlots(report)
  const page = `# What CloudShelf promises, and how each promise was tried

Made by \`cloudshelf prove --write-docs\` from its last run; not written by hand.
**${kept} of ${outcomes.length} promises kept** on ${started.slice(0, 10)}, in ${minutes} minutes, by \`${command}\` (seed ${seed}).
${machine}; ${versions}. Counts are exact; times, and with them 13, 25, 26 and 31, depend on the machine and on what else it does:
a load average above the number of its cores is no place to measure them.

Run it yourself: \`npm run prove -- --quick\` (under 4 minutes), \`npm run prove\` (the whole of it), \`npm run prove -- --only 1,6\`. It uses ports of
127.0.0.1 and folders of its own, and ends what it starts. \`npm test\` has a few rounds of each promise.

How it is tried:
- Between shop and engine stands a door that fails on purpose (\`test/faulty-engine.ts\`): it delays, drops before and after the commit, cuts, resets, and
  refuses in DynamoDB's words. Its choices come from the seed.
- Each client's history is kept as answered, refused or unknown (\`tools/prove/history.ts\`), and held against the tables: what was answered is there once, what
  was refused is not, what nobody knows is there at most once. Short windows are searched for an order in which every answer is true (\`tools/prove/linearizability.ts\`).
- Each race is also run against a naive implementation (\`tools/prove/naive.ts\`). It has to fail there, or the test shows nothing.

| | Promise | Tried | Found | The naive implementation | |
| --- | --- | --- | --- | --- | --- |
${outcomes.map(createRow).join('\n')}
${Object.keys(plots)
  .map(
    file =>
      `\n![${file.includes('soak') ? 'Memory over the long day' : 'Requests per second under overload'}](${file})\n`,
  )
  .join('')}
## What was not tested

${NOT_TESTED.map(one => `- ${one}`).join('\n')}
`
  return { 'reliability.md': page, ...plots }
}
