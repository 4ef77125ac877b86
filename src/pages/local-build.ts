/** Pages of a local shop: built in the background when their sources have changed, and loaded from the folder of the build. */
import { join } from 'node:path'
import { pathToFileURL } from 'node:url'
import { createAssetServer } from './assets.ts'
import { pagesBuild } from './build.ts'
import type { PagesBuild } from './serve.ts'

/** `prepare()` builds changed pages; `load()` waits for it. Both try again after a failure. `say` receives a line when a build begins. */
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
