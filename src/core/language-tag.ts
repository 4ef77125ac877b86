/** Language tags (BCP 47) of what catalogues call a language: codes of two and three letters, and English names. */

const LETTERS = [...'abcdefghijklmnopqrstuvwxyz']
/** Codes that stand for no one language. */
const NO_LANGUAGE = new Set(['mul', 'mis', 'und', 'zxx'])

let codesByName: ReadonlyMap<string, string> | undefined

/** Codes of two letters by their English names in lower case. */
const readNames = (): ReadonlyMap<string, string> => {
  const names = new Intl.DisplayNames('en', { type: 'language', fallback: 'none' })
  const codes = LETTERS.flatMap(first => LETTERS.map(second => first + second))
  const isCurrent = (code: string) => Intl.getCanonicalLocales(code)[0] === code
  return new Map(
    codes.filter(isCurrent).flatMap(code => {
      const name = names.of(code)
      return name === undefined ? [] : [[name.toLowerCase(), code]]
    }),
  )
}

/** 'ara', 'AR' and 'Arabic' as 'ar', 'pt_br' as 'pt-BR'; undefined for text that names no single language. */
export const languageTag = (text: string): string | undefined => {
  const code = text.trim().replaceAll('_', '-')
  codesByName ??= readNames()
  const named = codesByName.get(code.toLowerCase())
  if (named !== undefined) return named
  // Longer first parts are well-formed, but no language has one.
  if (!/^[a-z]{2,3}(-|$)/i.test(code)) return undefined
  try {
    const [tag] = Intl.getCanonicalLocales(code)
    return tag === undefined || NO_LANGUAGE.has(tag.split('-')[0] ?? '') ? undefined : tag
  } catch {
    return undefined
  }
}
