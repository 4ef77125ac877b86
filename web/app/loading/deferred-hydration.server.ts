/** Lets the scripts of a page wait until it is seen or touched: words and covers share the line with nothing. */

/**
 * Starts them once the page is loaded and painted and the browser rests, or at the first sign of a hand. The new element has the text of the
 * one that waited, and its nonce, so the policy allows what it allowed, and nothing else. A pointer that
 * only moves is no sign: browsers make such events up for one that lies where the page appears.
 */
const STARTER = `(() => {
  const signs = ['pointerdown', 'keydown', 'focusin']
  const start = () => {
    for (const sign of signs) removeEventListener(sign, start)
    for (const link of document.querySelectorAll('link[rel=later]')) link.rel = 'modulepreload'
    for (const waiting of document.querySelectorAll('script[type=later]')) {
      const script = document.createElement('script')
      script.type = 'module'
      script.nonce = waiting.nonce
      script.text = waiting.text
      waiting.replaceWith(script)
    }
  }
  for (const sign of signs) addEventListener(sign, start, { passive: true })
  const rest = () => 'requestIdleCallback' in window ? requestIdleCallback(start, { timeout: 1000 }) : setTimeout(start)
  const painted = list => list.getEntriesByName('first-contentful-paint').length > 0 && rest()
  addEventListener('load', () => new PerformanceObserver(painted).observe({ type: 'paint', buffered: true }))
})()`

/** A rendered page whose modules wait, and the script that starts them, to be put at its end. */
export const deferHydration = (
  page: string,
  nonce: string,
): { readonly page: string; readonly starter: string } => ({
  page: page
    .replaceAll('<link rel="modulepreload"', '<link rel="later"')
    .replaceAll(`<script nonce="${nonce}" type="module"`, `<script nonce="${nonce}" type="later"`),
  starter: `<script nonce="${nonce}">${STARTER}</script>`,
})
