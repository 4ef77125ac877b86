/** Web app manifest: name, colors and icons of the shop on a home screen. */
import icon192 from '../images/icon-192.png?url'
import icon512 from '../images/icon-512.png?url'
import { pageContext } from '../loading/page-context.ts'
import { LANGUAGE } from '../texts/locale.ts'
import type { Route } from './+types/manifest'

const icon = (src: string, side: number, purpose: string) => ({
  src,
  sizes: `${side}x${side}`,
  type: 'image/png',
  purpose,
})

export const loader = ({ context }: Route.LoaderArgs): Response => {
  const { shop } = context.get(pageContext)
  const manifest = {
    name: shop.name,
    short_name: shop.name,
    lang: LANGUAGE,
    id: '/',
    start_url: '/',
    display: 'minimal-ui',
    background_color: '#fbf9f4',
    theme_color: '#fbf9f4',
    icons: [icon(icon192, 192, 'any'), icon(icon512, 512, 'any'), icon(icon512, 512, 'maskable')],
  }
  return new Response(JSON.stringify(manifest), { headers: { 'content-type': 'application/manifest+json' } })
}
