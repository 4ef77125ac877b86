/** React Router configuration. */
import type { Config } from '@react-router/dev/config'

export default {
  ssr: true,
  // Each build has its own folder, so the one being served stays intact.
  buildDirectory: process.env.PAGES_BUILD ?? '../build/pages',
  // Sends the whole manifest with the first page, which saves manifest requests during navigation.
  routeDiscovery: { mode: 'initial' },
} satisfies Config
