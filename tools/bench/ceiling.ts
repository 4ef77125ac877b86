/** Ceiling server, a worker: the shop's HTTP server returning 24 constant books as JSON. */
import { type ServerType, serve } from '@hono/node-server'
import { Hono } from 'hono'
import { serveJobs } from './worker.ts'

export type CeilingJob = { readonly items: readonly unknown[] }
export type CeilingResult = { readonly port: number }

serveJobs<CeilingJob, CeilingResult>(
  constant =>
    new Promise(done => {
      const app = new Hono()
      app.get('/constant', c => c.json(constant))
      const server: ServerType = serve({ fetch: app.fetch, hostname: '127.0.0.1', port: 0 }, ({ port }) => {
        server.on('error', () => process.exit(1))
        done({ port })
      })
    }),
)
