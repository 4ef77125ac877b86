/** `cloudshelf doctor`: finds what is wrong with the shop on this machine and in its tables, and says how to fix it. */
import { Command } from 'commander'
import { type AccountCheck, checkAccounts, repairEmailReservations } from '../accounts/check.ts'
import { announceAll, type CatalogCheck, checkCatalog, repairPointers } from '../catalog/check.ts'
import { removeSnapshot } from '../catalog/index/snapshot.ts'
import { readSettings } from '../composition/settings.ts'
import type { Deps } from '../composition/shop.ts'
import { readLockOwner } from '../local/data-folder.ts'
import { checkOrders } from '../orders/check.ts'
import { checkBackups, checkRestored } from './doctor-backups.ts'
import {
  accountFindings,
  catalogFindings,
  checkCurrency,
  checkFunctionMemory,
  checkSnapshot,
  checkTables,
  type Finding,
  orderFindings,
} from './doctor-checks.ts'
import { checkDatabaseFile, checkDataFolder, checkDisk, checkEngine, checkNode } from './doctor-machine.ts'
import { checkAllMoney, type MoneyOptions } from './doctor-money.ts'
import { checkPostgres } from './doctor-postgres.ts'
import { checkRunningShop } from './doctor-running.ts'
import { explainError, FAILED } from './errors.ts'
import { parseDay } from './option-values.ts'
import { counted, print, printJson } from './output.ts'
import { createCommandProviders } from './payment-providers.ts'
import { withDeps } from './with-deps.ts'

type Checks = MoneyOptions & {
  /** Whether pointers and uniqueness records are repaired. */
  readonly reindex?: boolean
  /** Whether every payment is checked. */
  readonly money?: boolean
}
type DoctorOptions = Checks & { readonly json?: boolean }

const SHOWN_ITEMS = 20
const MARKS = { ok: '✓', warn: '!', fail: '✗' } as const

const itemText = (item: unknown): string =>
  typeof item === 'object' && item !== null ? Object.values(item).map(String).join('  ') : String(item)

const printFinding = ({ state, what, found, mend, items = [] }: Finding): void => {
  print(`${MARKS[state]} ${what}: ${found}`)
  for (const item of items.slice(0, SHOWN_ITEMS)) print(`    ${itemText(item)}`)
  if (items.length > SHOWN_ITEMS)
    print(`    … and ${items.length - SHOWN_ITEMS} more: --json prints all of them`)
  if (mend) print(`  → ${mend}`)
}

/** Repairs pointers and uniqueness records. A running shop then reads every book again; otherwise its snapshot is deleted. */
const reindex = async (deps: Deps, catalog: CatalogCheck, accounts: AccountCheck): Promise<Finding> => {
  const pointers = await repairPointers(deps, catalog)
  const reservations = await repairEmailReservations(deps, accounts)
  const { endpoint, dataDir } = deps.settings
  const mayBeRunning = endpoint !== undefined || readLockOwner(dataDir)?.kind === 'shop'
  if (mayBeRunning) await announceAll(deps, catalog.keys)
  else await removeSnapshot(deps.blobs)
  const found = [
    `${counted(pointers.made, 'pointer')} created, ${pointers.dropped} deleted`,
    `${counted(reservations.made, 'uniqueness record')} created, ${reservations.dropped} deleted`,
    mayBeRunning
      ? `${counted(catalog.keys.length, 'book')} announced to the index`
      : 'the next start rebuilds the index',
  ]
  return { state: 'ok', what: 'reindex', found: found.join('; ') }
}

const checkData = async (deps: Deps, checks: Checks): Promise<Finding[]> => {
  const { reindex: repairs = false, provider, money = provider } = checks
  const tables = await checkTables(deps)
  if (tables.state === 'fail') return [tables]
  const currency = await checkCurrency(deps)
  if (currency.state === 'fail') return [tables, currency]
  const [catalog, accounts] = [await checkCatalog(deps), await checkAccounts(deps)]
  const repaired = repairs ? [await reindex(deps, catalog, accounts)] : []
  const catalogNow = repairs ? await checkCatalog(deps) : catalog
  const accountsNow = repairs ? await checkAccounts(deps) : accounts
  return [
    tables,
    currency,
    ...repaired,
    ...catalogFindings(catalogNow),
    ...accountFindings(accountsNow),
    ...orderFindings(await checkOrders(deps)),
    ...(money ? await checkAllMoney(deps, checks) : []),
    ...(await checkRunningShop(deps.settings, catalogNow.forSale)),
    await checkSnapshot(deps),
    ...(await checkRestored(deps)),
    ...checkBackups(deps),
    ...checkFunctionMemory(deps.settings, catalogNow.forSale),
  ]
}

const checkAll = async (checks: Checks): Promise<Finding[]> => {
  const settings = readSettings()
  const needed = [checkNode(), checkEngine(settings), checkDataFolder(settings), checkDatabaseFile(settings)]
  const machine = [...needed, checkDisk(settings)]
  // On a full disk a running shop still answers, and says what fails.
  if (needed.some(finding => finding.state === 'fail')) return machine
  try {
    const data = await withDeps(deps => checkData(deps, checks), {
      needsShop: false,
      providers: createCommandProviders,
    })
    return [...machine, ...data, await checkPostgres(settings)]
  } catch (error) {
    const found = explainError(error)
    if (found === undefined) throw error
    return [...machine, { state: 'fail', what: 'database', found }]
  }
}

const doctor = async ({ json, ...checks }: DoctorOptions): Promise<void> => {
  const findings = await checkAll(checks)
  if (json) printJson(findings)
  else for (const finding of findings) printFinding(finding)
  if (findings.some(finding => finding.state === 'fail')) process.exitCode = FAILED
}

const HELP = `
Checks Node, the engine, the data folder, its disk and its database file, the
tables, the currency, every book, account and order, the calls and the index of
the running shop, its snapshot, its backups, and PostgreSQL where the shop has
one. With --money every payment as well: amounts are the sums of their entries,
paid is ordered, held copies and lists of open work are as they should be; with
--provider also what the payment provider says now. Marks: ✓ fine, ! worth a
look, ✗ failed. Exits with 1 if a check failed.`

export const doctorCommand = (): Command =>
  new Command('doctor')
    .description('Find problems and say how to fix them')
    .option('--reindex', 'Repair pointers and uniqueness records, and rebuild the index from the tables')
    .option('--money', 'Check every payment too')
    .option('--provider', 'With --money: ask the payment provider too')
    .option('--since <date>', 'Since which day (UTC) it is asked (default: 60 days ago)', parseDay)
    .option('--json', 'Print JSON')
    .addHelpText('after', HELP)
    .action(doctor)
