/** Unpacks the browser of the tests once, before several of them want it at the same time. */
import { spawnSync } from 'node:child_process'

export default async (): Promise<void> => {
  if (process.platform !== 'linux' || process.arch !== 'x64') return
  // Where the system lacks the browser's libraries, the package's own are used, as on Lambda.
  const hasLibraries =
    spawnSync('ldconfig', ['-p'], { encoding: 'utf8' }).stdout?.includes('libnss3.so') ?? false
  if (!hasLibraries) process.env.AWS_EXECUTION_ENV = 'AWS_Lambda_nodejs22.x'
  const { default: chromium } = await import('@sparticuz/chromium')
  await chromium.executablePath()
}
