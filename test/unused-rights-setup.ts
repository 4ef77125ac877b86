/** Global setup: in a run of all tests, every right on a table must have been used. Otherwise a function has more than it needs. */
import { mkdtempSync, readdirSync, readFileSync, rmSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import type { TestProject } from 'vitest/node'
import { unusedParts } from './table-rights.ts'

/** Whether no file and no test was left out. */
const isWholeRun = async (project: TestProject): Promise<boolean> => {
  const { testFiles } = await project.globTestFiles()
  return (
    project.vitest.config.testNamePattern === undefined &&
    project.vitest.state.getFiles().length >= testFiles.length
  )
}

export default (project: TestProject): (() => Promise<void>) => {
  const folder = mkdtempSync(join(tmpdir(), 'cloudshelf-rights-'))
  project.provide('usedRights', folder)
  return async () => {
    const used = readdirSync(folder).flatMap(name => readFileSync(join(folder, name), 'utf8').split('\n'))
    rmSync(folder, { recursive: true, force: true })
    const unused = unusedParts(new Set(used))
    if (unused.length > 0 && (await isWholeRun(project)))
      throw new Error(
        `Rights on tables that no test has used (src/lambda/table-rights.ts):\n${unused.join('\n')}`,
      )
  }
}
