/** Cookies: reading a Cookie header, and the Set-Cookie headers of the shop. */

/** The value of the first cookie of that name. */
export const cookieValue = (header: string | undefined, name: string): string | undefined => {
  for (const part of header?.split(';') ?? []) {
    const [key, ...rest] = part.trim().split('=')
    if (key === name) return rest.join('=')
  }
  return undefined
}

/** The name of one of the shop's cookies; where the shop is on https, the browser binds it to the host by its prefix. */
export const cookieName = (name: string, https: boolean): string => (https ? `__Host-${name}` : name)

/** A Set-Cookie header for this many seconds, 0 to delete the cookie. Scripts cannot read it, and forms of other sites do not send it. */
export const setCookie = (name: string, value: string, seconds: number, https: boolean): string =>
  `${name}=${value}; Path=/; Max-Age=${seconds}; HttpOnly; SameSite=Lax${https ? '; Secure' : ''}`

/** The header without every cookie of this name. */
export const withoutCookie = (header: string | undefined, name: string): string | undefined =>
  header
    ?.split(';')
    .filter(part => part.split('=', 1)[0]?.trim() !== name)
    .join(';')

const isUnambiguous = (name: string, value: string): boolean => {
  if (name !== name.trim() || value.includes('"')) return false
  try {
    decodeURIComponent(value)
    return true
  } catch {
    return false
  }
}

/**
 * The header as `cookieValue` and a lenient parser read it alike: the first cookie of each name, unless it has blanks before `=`,
 * quotes or broken escapes. Otherwise one request could show two sessions, one to us and one to a library.
 */
export const canonicalCookies = (header: string): string => {
  const seen = new Map<string, string | undefined>()
  for (const part of header.split(';')) {
    const [name = '', ...rest] = part.trim().split('=')
    const value = rest.join('=')
    if (seen.has(name.trim())) continue
    seen.set(name.trim(), isUnambiguous(name, value) ? `${name}=${value}` : undefined)
  }
  return [...seen.values()].filter(one => one !== undefined).join('; ')
}
