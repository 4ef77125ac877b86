/** Unpacks the browser of the tests once, before several of them want it at the same time. */
import { unpackBrowser } from './browser.ts'

export default unpackBrowser
