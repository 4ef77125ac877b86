/** Global setup that unpacks the browser once, before test files run in parallel. */
import { unpackBrowser } from './browser.ts'

export default unpackBrowser
