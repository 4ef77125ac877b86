/** The single names of an author line: a book has one line of text, in which several names are joined by semicolons. */

/** The names in their order, each once; none for a blank line. */
export const authorNames = (line: string): string[] => {
  if (!line.includes(';')) return line.trim() === '' ? [] : [line.trim()]
  const names = line.split(';').map(name => name.trim())
  return names.filter((name, i) => name !== '' && names.indexOf(name) === i)
}
