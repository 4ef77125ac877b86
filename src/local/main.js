/**
 * `npm start`: `run.ts` with a cache of what compiling and taking the types out gave, which is half of a start. JavaScript, because
 * a TypeScript file before the cache would need the compiler itself. A folder that cannot be written only means that each start
 * compiles again.
 */
import { enableCompileCache } from 'node:module'
import { fileURLToPath } from 'node:url'

enableCompileCache(fileURLToPath(new URL('../../node_modules/.cache/compile', import.meta.url)))
await import('./run.ts')
