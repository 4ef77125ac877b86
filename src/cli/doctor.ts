/** `cloudshelf doctor`: what is wrong, and how to mend it. */
import { Command } from 'commander'
import { type AccountCheck, checkAccounts, repairEmailReservations } from '../accounts/check.ts'
import { announceAll, type CatalogCheck, checkCatalog, repairPointers } from '../catalog/check.ts'
import { removeSnapshot } from '../catalog/index/snapshot.ts'
import { readSettings } from '../composition/settings.ts'
import type { Deps } from '../composition/shop.ts'
import { readHolder } from '../local/data-folder.ts'
import {
  accountFindings,
  catalogFindings,
  engineFinding,
  type Finding,
  folderFinding,
  nodeFinding,
  snapshotFinding,
  tablesFinding,
} from './findings.ts'
import { withDeps } from './open.ts'
import { FAILED, messageOf, print, printJson } from './output.ts'
import { indexFinding } from './running-shop.ts'

type Options = { readonly json?: boolean; readonly reindex?: boolean }

const SHOWN_ITEMS = 20
const marks = { ok: '✓', warn: '!', fail: '✗' } as const

const itemText = (item: unknown): string =>
  typeof item === 'object' && item !== null ? Object.values(item).map(String).join('  ') : String(item)

const say = ({ state, what, found, mend, items = [] }: Finding): void => {
  print(`${marks[state]} ${what}: ${found}`)
  for (const item of items.slice(0, SHOWN_ITEMS)) print(`    ${itemText(item)}`)
  if (items.length > SHOWN_ITEMS) print(`    and ${items.length - SHOWN_ITEMS} more: --json names them all`)
  if (mend) print(`  → ${mend}`)
}

/** Makes pointers, guards and index follow the tables. A shop that runs is told to read every book; otherwise its snapshot goes. */
const reindex = async (deps: Deps, check: CatalogCheck, accounts: AccountCheck): Promise<Finding> => {
  const { made, dropped } = await repairPointers(deps, check)
  const guards = await repairEmailReservations(deps, accounts)
  const { endpoint, dataDir } = deps.settings
  const runs = endpoint !== undefined || readHolder(dataDir)?.kind === 'shop'
  if (runs) await announceAll(deps, check.keys)
  else await removeSnapshot(deps.blobs)
  const index = runs ? `${check.keys.length} books announced` : 'the next start builds the index anew'
  const pointers = `${made} pointers made, ${dropped} taken away`
  const found = `${pointers}; ${guards.made} guards made, ${guards.dropped} taken away; ${index}`
  return { state: 'ok', what: 'reindex', found }
}

const shelfFindings = async (deps: Deps, mends: boolean): Promise<Finding[]> => {
  const tables = await tablesFinding(deps)
  if (tables.state === 'fail') return [tables]
  const [check, accounts] = [await checkCatalog(deps), await checkAccounts(deps)]
  const mended = mends ? [await reindex(deps, check, accounts)] : []
  const after = mends ? await checkCatalog(deps) : check
  return [
    tables,
    ...mended,
    ...catalogFindings(after),
    ...accountFindings(mends ? await checkAccounts(deps) : accounts),
    await indexFinding(deps.settings, after.forSale),
    await snapshotFinding(deps),
  ]
}

const examine = async (mends: boolean): Promise<Finding[]> => {
  const settings = readSettings()
  const machine = [nodeFinding(), engineFinding(settings), folderFinding(settings)]
  if (machine.some(finding => finding.state === 'fail')) return machine
  try {
    return [...machine, ...(await withDeps(deps => shelfFindings(deps, mends), { makeTables: false }))]
  } catch (error) {
    const found = messageOf(error)
    if (found === undefined) throw error
    return [...machine, { state: 'fail', what: 'store', found }]
  }
}

const doctor = async ({ json, reindex: mends = false }: Options): Promise<void> => {
  const findings = await examine(mends)
  if (json) printJson(findings)
  else for (const finding of findings) say(finding)
  if (findings.some(finding => finding.state === 'fail')) process.exitCode = FAILED
}

const HELP = `
Looks at Node, the engine, the data folder, the tables, every row of the books and users tables, every pointer and
every guard of an address, the running shop's index and the snapshot. Exits with 1 when something fails; a warning (!) is worth a look.`

export const doctorCommand = (): Command =>
  new Command('doctor')
    .description('say what is wrong and how to mend it')
    .option('--reindex', 'make missing pointers and guards, and make the index follow the table')
    .option('--json', 'the findings as a JSON array')
    .addHelpText('after', HELP)
    .action(doctor)
