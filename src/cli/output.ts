/** Output of commands: results on stdout, everything else on stderr. */

export const print = (line: string): void => console.log(line)
export const printJson = (value: unknown): void => console.log(JSON.stringify(value, null, 2))
/** Notes, warnings and progress, which must not end up in a file of results. */
export const note = (line: string): void => console.error(line)

/** '1 book', '2 books', '2 people'. */
export const counted = (count: number, one: string, many = `${one}s`): string =>
  `${count} ${count === 1 ? one : many}`
