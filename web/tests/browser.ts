/** Browser of the tests and benchmarks: the Chromium package on Linux x64, an installed Chrome elsewhere. */
import { spawnSync } from 'node:child_process'
import { existsSync } from 'node:fs'
import { type Browser, chromium } from 'playwright-core'

const INSTALLED = [
  '/Applications/Google Chrome.app/Contents/MacOS/Google Chrome',
  'C:\\Program Files\\Google\\Chrome\\Application\\chrome.exe',
  '/usr/bin/google-chrome',
  '/usr/bin/chromium',
]

/** Generous, for machines under load. */
const START_MS = 120_000

/**
 * Left out of the package's arguments: one process for everything, and processes that are not forked, are for Lambda; drawing by an
 * emulated graphics card takes twice the time of a page test; and pages are tested with the same-origin policy.
 */
const LEFT_OUT =
  /^--(single-process|no-zygote|ignore-gpu-blocklist|in-process-gpu|use-gl|use-angle|enable-unsafe-swiftshader|disable-web-security|allow-running-insecure-content)/

const isBundled = process.platform === 'linux' && process.arch === 'x64'

const bundledChromium = async () => {
  // Where the system lacks the browser's libraries, the package's own are used, as on Lambda.
  const libraries = spawnSync('ldconfig', ['-p'], { encoding: 'utf8' }).stdout ?? ''
  if (!libraries.includes('libnss3.so')) process.env.AWS_EXECUTION_ENV = 'AWS_Lambda_nodejs22.x'
  return (await import('@sparticuz/chromium')).default
}

/** Unpacks the bundled browser, where it is used. */
export const unpackBrowser = async (): Promise<void> => {
  if (isBundled) await (await bundledChromium()).executablePath()
}

/** Launches a browser; `args` are added to its command line. */
export const launchBrowser = async (args: readonly string[] = []): Promise<Browser> => {
  if (isBundled) {
    const brought = await bundledChromium()
    return chromium.launch({
      executablePath: await brought.executablePath(),
      timeout: START_MS,
      args: [...brought.args.filter(arg => !LEFT_OUT.test(arg)), '--no-sandbox', '--disable-gpu', ...args],
    })
  }
  const executablePath = INSTALLED.find(path => existsSync(path))
  if (executablePath === undefined) throw new Error('this needs an installed Chrome')
  return chromium.launch({ executablePath, timeout: START_MS, args: [...args] })
}
