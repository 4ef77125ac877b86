/** Options of the shop profile: name, address and legal texts of the shop, each by the setting that it becomes. */
import { basename } from 'node:path'
import * as z from 'zod'
import {
  ADDRESS_LINES,
  EMAIL_ADDRESS,
  HOURS_OF_DAY,
  MARKDOWN_FILE,
  type SettingType,
  SHORT_TEXT,
  TIME_ZONE_NAME,
} from '#src/composition/setting-types.ts'

/** The text of a setting of this type, checked here so that no function is deployed that cannot start. */
const textOf = ({ schema, expected, example }: SettingType) =>
  z
    .string()
    .refine(text => schema.safeParse(text).success, {
      error: `must be ${expected}${example === undefined ? '' : `, for example ${example}`}`,
    })
    .optional()

export const PROFILE_OPTIONS = {
  shopName: textOf(SHORT_TEXT),
  shopLegalName: textOf(SHORT_TEXT),
  shopAddress: textOf(ADDRESS_LINES),
  shopEmail: textOf(EMAIL_ADDRESS),
  shopPhone: textOf(SHORT_TEXT),
  shopTaxId: textOf(SHORT_TEXT),
  timeZone: textOf(TIME_ZONE_NAME),
  orderHours: textOf(HOURS_OF_DAY),
  deliveryTime: textOf(SHORT_TEXT),
  /** Paths of files, which are put into the bundle of the pages. */
  termsFile: textOf(MARKDOWN_FILE),
  privacyFile: textOf(MARKDOWN_FILE),
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

const settingsOf = <Names extends Readonly<Record<string, string>>>(
  names: Names,
  textFor: (option: keyof Names) => string | undefined,
): Record<string, string> =>
  Object.fromEntries(
    Object.entries(names).flatMap(([option, setting]) => {
      const value = textFor(option)
      return value === undefined ? [] : [[setting, value]]
    }),
  )

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
