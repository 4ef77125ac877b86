/** Sender of the shop's mails, as the settings name it. */
import type { Sender } from './transport.ts'

const ADDRESS = '[^\\s<>@",;]+@[^\\s<>@",;]+'
const NAMED = new RegExp(`^"?([^"<>\\r\\n]{0,100}?)"?\\s*<(${ADDRESS})>$`)
const BARE = new RegExp(`^(${ADDRESS})$`)

/** Parses `CloudShelf <orders@shop.example>` or an address alone. Undefined for anything else. */
export const parseSender = (text: string): Sender | undefined => {
  const [, name = '', address] = NAMED.exec(text.trim()) ?? []
  if (address !== undefined) return { name, address }
  const bare = BARE.exec(text.trim())?.[1]
  return bare === undefined ? undefined : { name: '', address: bare }
}

/** Default sender: the shop's name, at its own host. An IP address is replaced by `localhost`, since mail needs a host name. */
export const defaultSender = (publicUrl: string, name: string): Sender => {
  const { hostname } = new URL(publicUrl)
  const host = /^[\d.]+$|^\[/.test(hostname) ? 'localhost' : hostname
  return { name, address: `orders@${host}` }
}
