/** Benchmark `npm run bench:peers`: CloudShelf and other shop software on the same books, in one run. */
import { existsSync, mkdirSync, readFileSync, writeFileSync } from 'node:fs'
import { join, resolve } from 'node:path'
import { parseArgs } from 'node:util'
import { runBench } from '../run-bench.ts'
import { readBooks } from '../test-catalog.ts'
import { writeChapter } from '../write-docs.ts'
import { createPeersChapter } from './chapter.ts'
import { comparePeers } from './compare.ts'
import { medusa, stopPostgres } from './medusa.ts'
import type { Peer, PeerLocation } from './peer.ts'
import { formatReport } from './report.ts'
import { Result } from './result.ts'
import { stopServers } from './server.ts'
import { storecraft } from './storecraft.ts'
import { findSystemNode } from './system-node.ts'
import { vendure } from './vendure.ts'
import { createVerdicts } from './verdicts.ts'

const PEERS: readonly Peer[] = [vendure, storecraft, medusa]

const { values: options } = parseArgs({
  options: {
    /** Names of peers, separated by commas. */
    peers: { type: 'string', default: PEERS.map(({ name }) => name).join(',') },
    /** Folder that contains the folder of each peer. */
    from: { type: 'string', default: process.env.CLOUDSHELF_PEERS ?? '../shared/peers' },
    data: { type: 'string', default: '../shared/data' },
    /** Node that runs the peers; by default the system's. */
    node: { type: 'string' },
    /** Short slices; the exit code does not depend on the targets. */
    quick: { type: 'boolean', default: false },
    /** File with the figures of an earlier run to show again, without measuring. */
    figures: { type: 'string' },
    /** File to which the figures are written. */
    json: { type: 'string' },
    /** Updates docs/performance.md with these figures. */
    'write-docs': { type: 'boolean', default: false },
  },
})

const say = (line: string): void => console.error(line)

/** Explains what is missing of a peer, and how to set it up. */
const explainAbsence = ({ label, name, needs, setUp }: Peer): string | undefined => {
  const folder = resolve(options.from, name)
  const missing = needs.find(path => !existsSync(join(folder, path)))
  return (
    missing &&
    `${label} was not measured: there is no ${join(folder, missing)}. Copy the folder ${name} of the peers’ setup scripts, run ${setUp} in it, and pass the folder of the copies with --from or CLOUDSHELF_PEERS.`
  )
}

const measured = async (scratch: string): Promise<Result | undefined> => {
  const names = options.peers.split(',').map(name => name.trim())
  const unknown = names.find(name => !PEERS.some(peer => peer.name === name))
  if (unknown !== undefined) {
    say(`bench:peers: ${unknown} is none of ${PEERS.map(({ name }) => name).join(', ')}`)
    return undefined
  }
  const asked = PEERS.filter(({ name }) => names.includes(name))
  const absent = PEERS.flatMap(peer =>
    asked.includes(peer)
      ? (explainAbsence(peer) ?? [])
      : [`${peer.label} was not measured: --peers leaves it out.`],
  )
  for (const line of absent) say(line)
  const present = asked.filter(peer => explainAbsence(peer) === undefined)
  if (present.length === 0) return undefined
  const node = options.node ?? findSystemNode()
  const placeOf = ({ name }: Peer): PeerLocation => {
    const own = join(scratch, name)
    mkdirSync(own, { recursive: true })
    return { folder: resolve(options.from, name), node, scratch: own }
  }
  const books = readBooks(join(options.data, 'books-10k.csv'))
  return comparePeers(
    present.map(peer => ({ peer, place: placeOf(peer) })),
    { books, data: options.data, dataDir: join(scratch, 'cloudshelf'), quick: options.quick, absent, say },
  )
}

const main = async (scratch: string): Promise<void> => {
  const result = options.figures
    ? Result.parse(JSON.parse(readFileSync(options.figures, 'utf8')))
    : await measured(scratch)
  if (!result) {
    process.exitCode = 2
    return
  }
  const verdicts = createVerdicts(result)
  console.log(formatReport(result, verdicts))
  if (options.json) writeFileSync(options.json, `${JSON.stringify(result, null, 1)}\n`)
  if (options['write-docs']) writeChapter('peers', createPeersChapter(result, verdicts))
  if (!options.quick && verdicts.some(({ pass }) => !pass)) process.exitCode = 1
}

await runBench(main, async () => {
  await stopServers()
  stopPostgres()
})
