/** Types of the build of the pages, which the bundler substitutes for this name. */
declare module 'cloudshelf-pages' {
  import type { PagesBuild } from '../pages/serve.ts'
  export const pageRenderer: PagesBuild['pageRenderer']
}
