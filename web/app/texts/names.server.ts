/** Names of languages and countries, made on the server so that every browser shows the same. */
import { COUNTRY_CODES, countryName } from '#src/addresses/formats.ts'
import { languageTag } from '#src/core/language-tag.ts'
import { LOCALE } from './locale.ts'

const languages = new Intl.DisplayNames(LOCALE, { type: 'language' })

/** 'en' and 'eng' as 'English'; what is no language code stays as it is. */
export const languageName = (code: string): string => {
  try {
    return languages.of(languageTag(code) ?? code) ?? code
  } catch {
    return code
  }
}

export type Country = { readonly value: string; readonly name: string }

/** All countries and territories, by name. */
export const countries: readonly Country[] = COUNTRY_CODES.map(value => ({
  value,
  name: countryName(value),
})).sort((a, b) => a.name.localeCompare(b.name, LOCALE))
