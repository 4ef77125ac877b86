/** Where the shop's own pages live, as browsers say it in `Origin`. */
const LOOPBACK = new Set(['localhost', '127.0.0.1', '[::1]'])

/** Our own pages' origins: the public one, and, for a shop on this machine, each of the machine's names for itself. */
export const shopOrigins = (publicUrl: string): Set<string> => {
  const url = new URL(publicUrl)
  const names = LOOPBACK.has(url.hostname) ? [...LOOPBACK] : [url.hostname]
  return new Set(
    names.map(name => new URL(`${url.protocol}//${name}${url.port ? `:${url.port}` : ''}`).origin),
  )
}
