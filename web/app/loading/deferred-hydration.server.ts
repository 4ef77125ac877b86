/**
 * Deferred hydration: HTML and images get the bandwidth first; scripts load after the paint or on first
 * input.
 */

/**
 * Starts the scripts when the page is loaded, painted and idle, or on the first user input. The new element
 * has the text and the nonce of the deferred one, so the CSP allows exactly the same scripts. Pointer moves
 * do not count as input: browsers synthesize them for a pointer that rests where the page appears.
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

/** Defers the modules of a rendered page; `starter` is the inline script for its end that loads them. */
export const deferHydration = (
  page: string,
  nonce: string,
): { readonly page: string; readonly starter: string } => ({
  page: page
    .replaceAll('<link rel="modulepreload"', '<link rel="later"')
    .replaceAll(`<script nonce="${nonce}" type="module"`, `<script nonce="${nonce}" type="later"`),
  starter: `<script nonce="${nonce}">${STARTER}</script>`,
})
