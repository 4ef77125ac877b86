/**
 * Whether an earlier release reads what this one writes, for a rollback and for the minutes in which both run:
 * `node test/upgrade/run-previous.ts <commit>` checks that commit out into a temporary folder, installs its packages, makes a data
 * folder with the current code (make.ts), and runs that commit's own upgrade test on it. Exits with the test's exit code.
 *
 * Not a part of `npm test`: it needs the history of the repository and another installation.
 */
import { execFileSync, spawnSync } from 'node:child_process'
import { mkdirSync, mkdtempSync, rmSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { PROJECT } from '../shop-process.ts'

const [commit] = process.argv.slice(2)
if (commit === undefined || commit.startsWith('-')) {
  console.error('usage: node test/upgrade/run-previous.ts <commit of the earlier release>')
  process.exit(2)
}

const folder = join(mkdtempSync(join(tmpdir(), 'cloudshelf-previous-')), 'release')
const run = (cwd: string, command: string, ...args: string[]) =>
  execFileSync(command, args, { cwd, stdio: 'inherit' })

try {
  run(PROJECT, 'git', 'worktree', 'add', '--detach', folder, commit)
  run(folder, 'npm', 'ci', '--no-audit', '--no-fund')
  const fixtures = join(folder, 'test/upgrade/fixtures')
  rmSync(fixtures, { recursive: true })
  mkdirSync(fixtures)
  run(PROJECT, process.execPath, 'test/upgrade/make.ts', fixtures)
  const { status } = spawnSync('npx', ['vitest', 'run', 'test/upgrade'], { cwd: folder, stdio: 'inherit' })
  process.exitCode = status ?? 1
} finally {
  spawnSync('git', ['worktree', 'remove', '--force', folder], { cwd: PROJECT, stdio: 'inherit' })
  rmSync(join(folder, '..'), { recursive: true, force: true })
}
