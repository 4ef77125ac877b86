/** Vite configuration of the pages: hashed client files, and one self-contained server file. */
import { reactRouter } from '@react-router/dev/vite'
import tailwindcss from '@tailwindcss/vite'
import { defineConfig } from 'vite'

export default defineConfig({
  plugins: [tailwindcss(), reactRouter()],
  // For the server too: React's development checks cost more than the rendering.
  define: { 'process.env.NODE_ENV': JSON.stringify('production') },
  build: { target: 'es2022', assetsInlineLimit: 0, reportCompressedSize: false, chunkSizeWarningLimit: 700 },
  environments: {
    client: {
      build: {
        rolldownOptions: {
          output: {
            // Few chunks: each one costs a round trip on the first visit.
            codeSplitting: {
              groups: [
                { name: 'react', test: /node_modules\/(react|react-dom|react-router|scheduler|cookie)\// },
                {
                  name: 'catalog',
                  // Modules that every page with books loads.
                  test: /web\/app\/(texts\/(shop|texts|format|locale|card-view)|paths|seo\/page-meta|covers\/cover-url|components\/(use-shop|cover|book-card|book-row))\.|src\/core\/(slug|book-path|truncate)/,
                },
              ],
            },
          },
        },
      },
    },
    ssr: {
      // A native package, which cannot be bundled.
      resolve: { noExternal: true, external: ['sharp'] },
      build: { target: 'node22', rollupOptions: { input: './server.ts' } },
    },
  },
})
