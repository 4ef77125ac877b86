/** Dropped terms, each with the term to use instead (docs/glossary.md): identifiers and phrases, never ordinary words. */
import { execFileSync } from 'node:child_process'
import { readFileSync } from 'node:fs'
import { join } from 'node:path'
import { fileURLToPath } from 'node:url'
import { expect, test } from 'vitest'

const ROOT = fileURLToPath(new URL('..', import.meta.url))

const IDENTIFIERS: Readonly<Record<string, string>> = {
  keepWhile: 'cacheWhile',
  keptPages: 'createPageCache',
  openAdmission: 'createLoadShedder',
  isTurnedAway: 'isShed',
  countedInside: 'countsInTransaction',
  openCounter: 'createRequestCounter',
  networkOf: 'clientNetwork',
  accountsDoor: 'createSessionStore',
  AccountsDoor: 'SessionStore',
  SignUpDeps: 'AccountDeps',
  openDevices: 'createKnownDevices',
  writtenAddress: 'encodeEmail',
  noteOwnAct: 'auditOwnChange',
  noteAct: 'auditWrites',
  actsOn: 'auditTrail',
  sealOf: 'passwordFingerprint',
  mendGuards: 'repairEmailReservations',
  everythingAbout: 'exportPersonalData',
  peopleRoutes: 'privacyRoutes',
  blurred: 'withUniformTiming',
  gatherInLines: 'coalesceReadsInLanes',
  openLooks: 'createCartReader',
  askPriced: 'pricedRead',
  pricedIn: 'parsePriced',
  cartsIn: 'parseCarts',
  catalogMemory: 'createLiveIndex',
  CatalogMemory: 'LiveIndex',
  seenToMove: 'visiblyChanged',
  mendPointers: 'createMissingPointers or repairPointers',
  carryOut: 'commitEdit or writeBatch',
  Gatherer: 'CandidateCollector',
  unguarded: 'stripSpreadsheetQuoting',
  writtenCell: 'csvCell',
  starterShelf: 'readStarterBooks',
  mayBecome: 'allowedTransitions',
  whyRefused: 'explainRejection',
  leftOf: 'remainingStock',
  letterHtml: 'mailHtml',
  letterText: 'mailText',
  bury: 'moveToDeadLetter',
  revive: 'requeue',
  putOff: 'reschedule',
  specifiedNames: 'DEFAULT_TABLE_NAMES',
  openStore: 'createDatabase',
  buildDeps: 'createDeps',
  Shopworker: 'DeployedFunction',
  layNatives: 'copyNativeDeps',
  wakeByClock: 'addSchedule',
  readWords: 'readArgs',
  answerForm: 'runFormAction',
  laterFor: 'retryMessageFor',
  lateScripts: 'deferHydration',
  askedOf: 'readListParams',
}

const PHRASES: Readonly<Record<string, string>> = {
  '(is|are|was|were) told of': 'is logged, is reported, is notified of',
  'is no (number|price|whole number|whole link|address|e-mail|date|image|JSON)': 'must be …',
  'kept (answer|answers|page|pages)': 'cached response, cached page',
  'turned away': 'refused by load shedding',
  'in so many': 'after N, within N',
  'for want of a place': 'because all slots are taken',
  'by Cognito': 'with Cognito',
  'sign(ing)? in by': 'sign in with',
  'the door to': 'the client of, the entry point of',
  'asked anew': 'requested again',
  'e-mail': 'email',
  'Our order': 'Featured',
}

/** Files whose words are data (fixtures, corpora, figures), and this one. */
const NOT_OURS =
  /^(data|docs\/(figures|images)|docs\/openapi\.json|package-lock\.json|test\/upgrade\/fixtures|test\/words\.test\.ts|tools\/fuzz\/corpus\/|tools\/bench\/peers\/|.*\.(webp|png|svg|ico|woff2|gz|jpg))/

const files = execFileSync('git', ['ls-files', '-co', '--exclude-standard'], { cwd: ROOT, encoding: 'utf8' })
  .trim()
  .split('\n')
  .filter(file => !NOT_OURS.test(file))

const hits = (pattern: RegExp, better: string, only: (file: string) => boolean): string[] =>
  files.filter(only).flatMap(file => {
    const found = pattern.exec(readFileSync(join(ROOT, file), 'utf8'))
    return found ? [`${file}: “${found[0]}”: use ${better}`] : []
  })

test('the files are found', () => {
  expect(files.length).toBeGreaterThan(500)
  expect(files).toContain('README.md')
})

test('dropped identifiers do not come back', () => {
  const found = Object.entries(IDENTIFIERS).flatMap(([name, better]) =>
    hits(new RegExp(`\\b${name}\\b`), better, file => /\.(ts|tsx|js|mjs|md)$/.test(file)),
  )
  expect(found).toEqual([])
})

test('dropped phrases do not come back', () => {
  const found = Object.entries(PHRASES).flatMap(([phrase, better]) =>
    hits(new RegExp(`\\b${phrase}\\b`, 'i'), better, file => /\.(ts|tsx|md|css)$/.test(file)),
  )
  expect(found).toEqual([])
})
