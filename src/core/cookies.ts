/** Reading a Cookie header. */

/** The value of the first cookie of that name. */
export const cookieValue = (header: string | undefined, name: string): string | undefined => {
  for (const part of header?.split(';') ?? []) {
    const [key, ...rest] = part.trim().split('=')
    if (key === name) return rest.join('=')
  }
  return undefined
}

/** The header without every cookie of this name. */
export const withoutCookie = (header: string | undefined, name: string): string | undefined =>
  header
    ?.split(';')
    .filter(part => !part.trim().startsWith(`${name}=`))
    .join(';')
