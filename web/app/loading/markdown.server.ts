/** Markdown of the shop's legal texts as HTML. */
import { micromark } from 'micromark'

/** The page has a title of its own, so headings begin one level below it. */
const lowerHeading = (_tag: string, slash: string, level: string): string =>
  `<${slash}h${Math.min(Number(level) + 1, 6)}>`

/**
 * CommonMark as HTML. HTML in the text is escaped, links to scripts are dropped, and images become links:
 * pages load nothing from other hosts.
 */
const renderMarkdown = (text: string): string =>
  micromark(text)
    .replaceAll(/<(\/?)h([1-6])>/g, lowerHeading)
    .replaceAll(/<img src="([^"]*)" alt="([^"]*)"[^>]*>/g, '<a href="$1">$2</a>')

/** A first heading without markup, which is the title of the page. */
const TITLE = /^\s*#[ \t]+([^\n*_`<>&[\]\\#]+?)[ \t]*\r?\n/

export type LegalText = { readonly title: string; readonly html: string }

/** A legal text with its title: its first heading, or else `title`. */
export const renderLegalText = (text: string, title: string): LegalText => {
  const [heading = '', own = title] = TITLE.exec(text) ?? []
  return { title: own, html: renderMarkdown(text.slice(heading.length)) }
}
