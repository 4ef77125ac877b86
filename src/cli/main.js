#!/usr/bin/env node
/**
 * Entry point of the `cloudshelf` command: runs `run.ts` with Node's compile cache, as `npm start` does, for the reasons that
 * src/local/main.js gives.
 */
import { enableCompileCache } from 'node:module'
import { fileURLToPath } from 'node:url'

enableCompileCache(fileURLToPath(new URL('../../node_modules/.cache/compile', import.meta.url)))
await import('./run.ts')
