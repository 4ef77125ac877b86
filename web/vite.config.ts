/** How Vite builds the pages: the browser's half in hashed files, the server's half as one file that stands alone. */
import { reactRouter } from '@react-router/dev/vite'
import tailwindcss from '@tailwindcss/vite'
import { defineConfig } from 'vite'

export default defineConfig({
  plugins: [tailwindcss(), reactRouter()],
  // The server's half too: React's checks for developers cost more than the rendering.
  define: { 'process.env.NODE_ENV': JSON.stringify('production') },
  build: { target: 'es2022', assetsInlineLimit: 0, reportCompressedSize: false, chunkSizeWarningLimit: 700 },
  environments: {
    client: {
      build: {
        rolldownOptions: {
          output: {
            // Few files for a first visit: a phone far away waits for each of them.
            codeSplitting: {
              groups: [
                { name: 'react', test: /node_modules\/(react|react-dom|react-router|scheduler|cookie)\// },
                {
                  name: 'catalog',
                  // Modules that every page with books loads.
                  test: /web\/app\/(texts\/(shop|texts|format|locale)|paths|seo\/page-meta|covers\/cover-url|components\/(use-shop|cover|book-card|book-row))\.|src\/core\/slug/,
                },
              ],
            },
          },
        },
      },
    },
    ssr: {
      // Native: it stays the package that npm installed.
      resolve: { noExternal: true, external: ['sharp'] },
      build: { target: 'node22', rollupOptions: { input: './server.ts' } },
    },
  },
})
