/** How React Router builds the pages. */
import type { Config } from '@react-router/dev/config'

export default {
  ssr: true,
  // A build is made beside the one that is served, and takes its place when it is whole.
  buildDirectory: process.env.PAGES_BUILD ?? '../build/pages',
  // The whole manifest with the first page: no request for routes while somebody browses.
  routeDiscovery: { mode: 'initial' },
} satisfies Config
