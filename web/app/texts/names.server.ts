/** Names of languages and countries, made on the server so that every browser shows the same. */
import { languageTag } from '#src/core/language-tag.ts'
import { LOCALE } from './locale.ts'

const languages = new Intl.DisplayNames(LOCALE, { type: 'language' })
const regions = new Intl.DisplayNames(LOCALE, { type: 'region' })

/** 'en' and 'eng' as 'English'; what is no language code stays as it is. */
export const languageName = (code: string): string => {
  try {
    return languages.of(languageTag(code) ?? code) ?? code
  } catch {
    return code
  }
}

const COUNTRIES =
  'AD AE AG AL AM AR AT AU AZ BA BB BD BE BG BH BO BR BS BW BZ CA CH CL CN CO CR CV CY CZ DE DK DM DO DZ EC EE EG ES FI FJ FR GB GD GE GH GR GT GY HK HN HR HU ID IE IL IN IS IT JM JO JP KE KH KR KW KZ LA LB LI LK LT LU LV MA MC MD ME MK MT MU MV MX MY NA NG NI NL NO NP NZ OM PA PE PH PL PT PY QA RO RS RW SA SE SG SI SK SM SN SV TH TN TR TT TW TZ UA UG US UY VN ZA ZM'

export type Country = { readonly code: string; readonly name: string }

/** The countries that we send to, by name. */
export const countries: readonly Country[] = COUNTRIES.split(' ')
  .map(code => ({ code, name: regions.of(code) ?? code }))
  .sort((a, b) => a.name.localeCompare(b.name, LOCALE))
