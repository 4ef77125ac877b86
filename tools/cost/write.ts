/** Script `npm run cost`: measures request units and writes data/measured-units.json and docs/cost.md. */
import { writeFile } from 'node:fs/promises'
import { fileURLToPath } from 'node:url'
import { measure } from './measure.ts'

const file = (path: string): string => fileURLToPath(new URL(`../../${path}`, import.meta.url))

const actions = await measure(line => console.error(line))
const note = 'Read and write request units of DynamoDB for each action, written by `npm run cost`.'
await writeFile(file('data/measured-units.json'), `${JSON.stringify({ note, actions }, null, 2)}\n`)
// Imported after the write, because it reads the file that was just written.
const { createCostPage } = await import('./cost-page.ts')
await writeFile(file('docs/cost.md'), createCostPage())
