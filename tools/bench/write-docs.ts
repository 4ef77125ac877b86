/** `npm run docs:performance`: writes docs/performance.md and its plots from the chapters that benches left in docs/figures. */
import { mkdirSync, readdirSync, readFileSync, writeFileSync } from 'node:fs'
import { join } from 'node:path'
import { fileURLToPath } from 'node:url'
import { Chapter, type Table } from './chapter.ts'
import { createSvg } from './plot.ts'

const DOCS = fileURLToPath(new URL('../../docs', import.meta.url))
const FIGURES = join(DOCS, 'figures')

const escapeCell = (text: string): string => text.replaceAll('|', '\\|')

const formatTable = ({ title, columns, rows }: Table): string => {
  const line = (cells: readonly string[]): string => `| ${cells.map(escapeCell).join(' | ')} |`
  return [`### ${title}`, '', line(columns), line(columns.map(() => '---')), ...rows.map(line)].join('\n')
}

const formatList = (title: string, items: readonly string[]): string[] =>
  items.length === 0 ? [] : [[`### ${title}`, '', ...items.map(item => `- ${item}`)].join('\n')]

const formatChapter = (chapter: Chapter): string =>
  [
    `## ${chapter.title}`,
    `Measured ${chapter.at.slice(0, 10)} · ${chapter.machine} · ${chapter.versions}`,
    ['```bash', chapter.command, '```'].join('\n'),
    ...chapter.text,
    ...chapter.tables.map(formatTable),
    ...chapter.plots.map(({ name, title }) => `![${title}](figures/${name}.svg)`),
    ...formatList('What differs in the work', chapter.differs),
    ...formatList('Not tested', chapter.notTested),
  ].join('\n\n')

const INTRODUCTION = `# How fast it is

Written by \`npm run docs:performance\` from the figures that the benches leave in \`docs/figures\`; nothing here is typed by hand.
Figures depend on the machine: measure again on yours with the command of each chapter. What is promised about correctness stands in the README.`

/** The page and its plots, by their paths under `docs`, from all chapters there are. */
export const createPageFiles = (): Map<string, string> => {
  const chapters = readdirSync(FIGURES)
    .filter(file => file.endsWith('.json'))
    .map(file => Chapter.parse(JSON.parse(readFileSync(join(FIGURES, file), 'utf8'))))
    .toSorted((a, b) => a.place - b.place || a.title.localeCompare(b.title))
  const plots = chapters.flatMap(chapter => chapter.plots)
  return new Map([
    ...plots.map(plot => [`figures/${plot.name}.svg`, createSvg(plot)] as const),
    ['performance.md', `${[INTRODUCTION, ...chapters.map(formatChapter)].join('\n\n')}\n`],
  ])
}

const writePage = (): void => {
  for (const [path, content] of createPageFiles()) writeFileSync(join(DOCS, path), content)
}

/** Leaves a bench's chapter in docs/figures and writes the page anew. */
export const writeChapter = (bench: string, chapter: Chapter): void => {
  mkdirSync(FIGURES, { recursive: true })
  writeFileSync(join(FIGURES, `${bench}.json`), `${JSON.stringify(Chapter.parse(chapter), null, 1)}\n`)
  writePage()
}

if (import.meta.main) writePage()
