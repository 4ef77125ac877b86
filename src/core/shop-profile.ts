/** Shop profile: who runs the shop, as its settings name it. Pages, mails, prints and API documents show it. */

export type ShopProfile = {
  readonly name: string
  /** Name of the business, where it differs from the shop's name. */
  readonly legalName?: string | undefined
  /** Postal address, line by line; empty where none is set. */
  readonly address: readonly string[]
  readonly email?: string | undefined
  readonly phone?: string | undefined
  readonly taxId?: string | undefined
  /** IANA time zone of the dates that people see. */
  readonly timeZone: string
  /** How long a delivery takes, such as '3 to 5 business days'. */
  readonly deliveryTime: string
  /** Terms of sale and privacy policy in Markdown, where the shop has written them. */
  readonly terms?: string | undefined
  readonly privacy?: string | undefined
}

export const DEFAULT_SHOP_NAME = 'CloudShelf'
export const DEFAULT_TIME_ZONE = 'UTC'
export const DEFAULT_DELIVERY_TIME = '3 to 7 business days'

/** Profile of a shop without settings of its own. */
export const DEFAULT_PROFILE: ShopProfile = {
  name: DEFAULT_SHOP_NAME,
  address: [],
  timeZone: DEFAULT_TIME_ZONE,
  deliveryTime: DEFAULT_DELIVERY_TIME,
}

/** Whether this is an IANA time zone that this machine knows, such as Europe/Berlin. Offsets such as +02:00 are none. */
export const isTimeZone = (text: string): boolean => {
  if (!/^[A-Za-z][\w+/-]*$/.test(text)) return false
  try {
    new Intl.DateTimeFormat('en-US', { timeZone: text })
    return true
  } catch {
    return false
  }
}

/** The business with its postal address, line by line, as letterheads and footers show it. */
export const letterhead = ({ name, legalName, address }: ShopProfile): string[] => [
  legalName ?? name,
  ...address,
]
