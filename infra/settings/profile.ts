/** Options of the shop profile: name, address and legal texts of the shop, each by the setting that it becomes. */
import { basename } from 'node:path'
import {
  ADDRESS_LINES,
  EMAIL_ADDRESS,
  HOURS_OF_DAY,
  MARKDOWN_FILE,
  SHORT_TEXT,
  TIME_ZONE_NAME,
} from '#src/composition/setting-types.ts'
import { settingsOf, textOf } from './setting-options.ts'

export const PROFILE_OPTIONS = {
  shopName: textOf(SHORT_TEXT).optional(),
  shopLegalName: textOf(SHORT_TEXT).optional(),
  shopAddress: textOf(ADDRESS_LINES).optional(),
  shopEmail: textOf(EMAIL_ADDRESS).optional(),
  shopPhone: textOf(SHORT_TEXT).optional(),
  shopTaxId: textOf(SHORT_TEXT).optional(),
  timeZone: textOf(TIME_ZONE_NAME).optional(),
  orderHours: textOf(HOURS_OF_DAY).optional(),
  deliveryTime: textOf(SHORT_TEXT).optional(),
  /** Paths of files, which are put into the bundle of the pages. */
  termsFile: textOf(MARKDOWN_FILE).optional(),
  privacyFile: textOf(MARKDOWN_FILE).optional(),
}

type ProfileOptions = { readonly [name in keyof typeof PROFILE_OPTIONS]?: string | undefined }

const SETTINGS = {
  shopName: 'SHOP_NAME',
  shopLegalName: 'SHOP_LEGAL_NAME',
  shopAddress: 'SHOP_ADDRESS',
  shopEmail: 'SHOP_EMAIL',
  shopPhone: 'SHOP_PHONE',
  shopTaxId: 'SHOP_TAX_ID',
  timeZone: 'TIME_ZONE',
  orderHours: 'ORDER_HOURS',
  deliveryTime: 'DELIVERY_TIME',
} as const

const FILE_SETTINGS = { termsFile: 'TERMS_FILE', privacyFile: 'PRIVACY_FILE' } as const

/** Settings of every function. */
export const profileSettings = (options: ProfileOptions): Record<string, string> =>
  settingsOf(SETTINGS, option => options[option])

/** Settings of the pages: a function starts in the folder of its bundle, where the files are under their own names. */
export const legalTextSettings = (options: ProfileOptions): Record<string, string> =>
  settingsOf(FILE_SETTINGS, option => {
    const path = options[option]
    return path === undefined ? undefined : basename(path)
  })

/** The files of the legal texts, to be copied into the bundle of the pages. */
export const legalTextFiles = ({ termsFile, privacyFile }: ProfileOptions): string[] =>
  [termsFile, privacyFile].filter(path => path !== undefined)
