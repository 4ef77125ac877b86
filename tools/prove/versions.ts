/** Machine and versions of a run, without anything that identifies the machine's owner. */
import { execFileSync } from 'node:child_process'
import { cpus, loadavg, release, totalmem, type } from 'node:os'
import { findEngineBinary } from '#src/local/engine-binary.ts'
import manifest from '../../package.json' with { type: 'json' }

export type Versions = { readonly machine: string; readonly versions: string }

const engineVersion = (): string => {
  try {
    return execFileSync(findEngineBinary(), ['--version'], { encoding: 'utf8' }).trim()
  } catch {
    return 'the embedded engine'
  }
}

export const detectVersions = (): Versions => {
  const all = cpus()
  const memory = Math.round(totalmem() / 1e9)
  return {
    machine: `${all.length} × ${all[0]?.model.trim() ?? 'CPU'}, ${memory} GB, ${type()} ${release().split('-')[0]}, load average ${(loadavg()[0] ?? 0).toFixed(1)}`,
    versions: `CloudShelf ${manifest.version}, Node ${process.versions.node}, ${engineVersion()}`,
  }
}
