/** Versions of releases, such as 0.2.0. */

const numbersOf = (version: string): number[] =>
  version.split('.').map(part => Number.parseInt(part, 10) || 0)

/** Negative if the first version is the older one, 0 if they are the same; '' is older than any. */
export const compareVersions = (one: string, other: string): number => {
  const [a, b] = [numbersOf(one), numbersOf(other)]
  for (let i = 0; i < Math.max(a.length, b.length); i++) {
    const difference = (a[i] ?? 0) - (b[i] ?? 0)
    if (difference !== 0) return difference
  }
  return 0
}
