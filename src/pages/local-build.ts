/** The pages of a shop on this machine: built when they are stale, without holding up the API, and loaded from the folder. */
import { join } from 'node:path'
import { pathToFileURL } from 'node:url'
import { createAssetServer } from './assets.ts'
import { pagesBuild } from './build.ts'
import type { PagesBuild } from './serve.ts'

/** `prepare()` builds what is stale; `load()` waits for that. Both try again after a failure. `say` is told when a build begins. */
export const createLocalBuild = (say: (line: string) => void) => {
  const ending = new AbortController()
  let built: Promise<string> | undefined

  const prepare = (): Promise<string> => {
    built ??= pagesBuild(say, ending.signal)
    built.catch(() => {
      built = undefined
    })
    return built
  }
  const load = async (): Promise<PagesBuild> => {
    const folder = await prepare()
    const { pageRenderer } = await import(pathToFileURL(join(folder, 'server/index.js')).href)
    return { pageRenderer, asset: createAssetServer(join(folder, 'client')) }
  }
  return { prepare, load, close: () => ending.abort(), isClosed: () => ending.signal.aborted }
}
