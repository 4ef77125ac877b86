/** Plain text of the HTML that other shops export as descriptions: line breaks for blocks, no tags, no entities. */
import { decodeHTMLStrict } from 'entities'

const BLOCKS =
  'p|div|br|hr|ul|ol|li|dl|dt|dd|h[1-6]|table|tr|section|article|header|footer|blockquote|pre|figure'
const INLINE =
  'a|abbr|b|big|cite|code|del|em|font|i|img|ins|mark|meta|q|s|small|span|strike|strong|sub|sup|tbody|td|th|thead|tt|u|center|figcaption|iframe|video'
// Only names of HTML: <y and z> in a formula is text.
const BLOCK_TAG = new RegExp(`<\\/?(?:${BLOCKS})(?:\\s[^<>]*)?\\/?>`, 'gi')
const INLINE_TAG = new RegExp(`<\\/?(?:${INLINE})(?:\\s[^<>]*)?\\/?>`, 'gi')
const REMOVED = /<!--.*?-->|<(script|style)\b[^>]*>.*?<\/\1\s*>/gis

/** References to control characters, U+0000 to U+001F and U+007F: they stand for nothing that is read. */
const CONTROL = /&#(?:0*(?:\d|[12]\d|3[01]|127)|[xX]0*(?:1?[\da-fA-F]|7[fF]));/g

/** The text with its entities as characters; unknown ones stay as they are. */
export const decodeEntities = (text: string): string => decodeHTMLStrict(text.replace(CONTROL, ' '))

/**
 * The plain text of a description. Text without tags and entities stays as it is. `escapedBreaks` says that the file writes line
 * breaks as \n, as WooCommerce does; in HTML they are always read so.
 */
export const toPlainText = (text: string, escapedBreaks = false): string => {
  const withoutTags = text.replace(REMOVED, '').replace(BLOCK_TAG, '\n').replace(INLINE_TAG, '')
  const isHtml = withoutTags !== text
  const lines = isHtml || escapedBreaks ? withoutTags.replace(/\\r\\n|\\n|\\r/g, '\n') : withoutTags
  const decoded = decodeEntities(lines)
  if (decoded === text) return text
  const tidy = decoded.replace(/[^\S\n]+/g, ' ').replace(/ ?\n ?/g, '\n')
  return (isHtml ? tidy.replace(/\n{2,}/g, '\n') : tidy).trim()
}
