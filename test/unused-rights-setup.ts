/** Global setup: in a run of all tests, every right on a table must have been used. Otherwise a function has more than it needs. */
import { existsSync, mkdirSync, readdirSync, readFileSync, rmSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import type { TestProject } from 'vitest/node'
import { unusedParts } from './table-rights.ts'

/** Whether no file and no test was left out. */
const isWholeRun = async ({ vitest }: TestProject): Promise<boolean> => {
  const listed = await Promise.all(vitest.projects.map(project => project.globTestFiles()))
  const files = listed.reduce((sum, { testFiles }) => sum + testFiles.length, 0)
  return vitest.config.testNamePattern === undefined && vitest.state.getFiles().length >= files
}

export default (project: TestProject): (() => Promise<void>) => {
  // Of this run: its projects share it, and the first that ends counts for all.
  const folder = join(tmpdir(), `cloudshelf-rights-${process.pid}`)
  mkdirSync(folder, { recursive: true })
  project.provide('usedRights', folder)
  return async () => {
    if (!existsSync(folder)) return
    const used = readdirSync(folder).flatMap(name => readFileSync(join(folder, name), 'utf8').split('\n'))
    rmSync(folder, { recursive: true, force: true })
    const unused = unusedParts(new Set(used))
    if (unused.length > 0 && (await isWholeRun(project)))
      throw new Error(
        `Rights on tables that no test has used (src/lambda/table-rights.ts):\n${unused.join('\n')}`,
      )
  }
}
