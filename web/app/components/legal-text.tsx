/** Legal text of the shop, from its Markdown. */

/** `html` is the output of the Markdown renderer, which escapes HTML in the text. */
export const LegalText = ({ title, html }: { readonly title: string; readonly html: string }) => (
  <div className="prose max-w-2xl py-8">
    <h1 className="page-title">{title}</h1>
    {/* biome-ignore lint/security/noDangerouslySetInnerHtml: the renderer escapes HTML in the text */}
    <div className="legal-text" dangerouslySetInnerHTML={{ __html: html }} />
  </div>
)
