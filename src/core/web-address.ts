/**
 * Web addresses in text that a stranger can have mailed to anybody: the name and the address of an order are printed in its mails,
 * and mail programs make links of web addresses. Names and postal addresses therefore contain none.
 */
/** Characters that are not seen, and full stops of other scripts, which browsers read as dots. */
const UNSEEN = /\p{Cf}|\u034f|[\ufe00-\ufe0f]/gu
const DOTS = /[\u3002\uff0e\uff61]/g

/** `https:`, `ftp://`, `www.`, anywhere in a text. */
const SCHEME = /\bhttps?\s*:|[a-z][a-z\d+-]*\s*:\s*\/\/|\bwww\d?\s*\.\s*[\p{L}\p{N}]/iu
/** Domains that mail programs make links of without a path; no abbreviation of names and addresses ends in one. */
const DOMAIN =
  /(?<![\p{L}\p{N}])[\p{L}\p{N}][\p{L}\p{N}-]+\.(?:com|net|org|info|biz|xyz|shop|site|online|click|link|icu|ru|cn)(?![\p{L}\p{N}]|-\p{L})/iu
/**
 * A domain with a path, port or query, such as `evil.example/prize`. Abbreviations with a slash are no domain: `No.5/7`, `Apt.3/B` and
 * `Bldg.East/4` have no letters after the dot, or no word after the slash.
 */
const DOMAIN_WITH_PATH =
  /(?<![\p{L}\p{N}])[\p{L}\p{N}][\p{L}\p{N}-]*\.(?:[\p{L}\p{N}-]+\.)*\p{L}{2,24}(?::\d{2,5}\b|\/?[?#][\p{L}\p{N}]|\/[\p{L}\p{N}_~%-]*(?:\p{L}[\p{L}\p{N}_~%-]{2}|[\p{L}\p{N}_~%-]\p{L}[\p{L}\p{N}_~%-]|[\p{L}\p{N}_~%-]{2}\p{L}))/iu

/** No name and no line of an address is longer; so the work is bounded for text that is refused for its length. */
const LONGEST = 400

/** Whether the first 400 characters of a text contain what a mail program would make a link of. */
export const hasWebAddress = (text: string): boolean => {
  const seen = text.slice(0, LONGEST).normalize('NFKC').replaceAll(UNSEEN, '').replaceAll(DOTS, '.')
  return SCHEME.test(seen) || DOMAIN.test(seen) || DOMAIN_WITH_PATH.test(seen)
}

export const NO_WEB_ADDRESS = 'must not contain a web address'
