/** Who the shop's mails are from. */
import type { Sender } from './transport.ts'

const ADDRESS = '[^\\s<>@",;]+@[^\\s<>@",;]+'
const NAMED = new RegExp(`^"?([^"<>\\r\\n]{0,100}?)"?\\s*<(${ADDRESS})>$`)
const BARE = new RegExp(`^(${ADDRESS})$`)

/** `CloudShelf <orders@shop.example>` or an address alone; undefined for anything else. */
export const parseSender = (text: string): Sender | undefined => {
  const [, name = '', address] = NAMED.exec(text.trim()) ?? []
  if (address !== undefined) return { name, address }
  const bare = BARE.exec(text.trim())?.[1]
  return bare === undefined ? undefined : { name: '', address: bare }
}

/** The sender of a shop that names none: at its own host, which must be a name, since mail goes to no bare number. */
export const defaultSender = (publicUrl: string): Sender => {
  const { hostname } = new URL(publicUrl)
  const host = /^[\d.]+$|^\[/.test(hostname) ? 'localhost' : hostname
  return { name: 'CloudShelf', address: `orders@${host}` }
}
