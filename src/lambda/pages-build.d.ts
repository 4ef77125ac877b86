/** The pages' build, which the bundler puts in the place of this name. */
declare module 'cloudshelf-pages' {
  import type { PagesBuild } from '../pages/serve.ts'
  export const pageRenderer: PagesBuild['pageRenderer']
}
