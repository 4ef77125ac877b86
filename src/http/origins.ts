/** Origins of the shop's own pages, as browsers send them in the `Origin` header. */
const LOOPBACK = new Set(['localhost', '127.0.0.1', '[::1]'])

/** The origin of the public URL; for a shop on this machine, also those of the other loopback names. */
export const shopOrigins = (publicUrl: string): Set<string> => {
  const url = new URL(publicUrl)
  const names = LOOPBACK.has(url.hostname) ? [...LOOPBACK] : [url.hostname]
  return new Set(
    names.map(name => new URL(`${url.protocol}//${name}${url.port ? `:${url.port}` : ''}`).origin),
  )
}
