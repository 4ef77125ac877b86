/** The environment variables of the shop profile, as data: see environment.ts. */
import { DEFAULT_DELIVERY_TIME, DEFAULT_SHOP_NAME, DEFAULT_TIME_ZONE } from '../core/shop-profile.ts'
import type { Variables } from './environment.ts'
import {
  ADDRESS_LINES,
  EMAIL_ADDRESS,
  HOURS_OF_DAY,
  MARKDOWN_FILE,
  SHORT_TEXT,
  TIME_ZONE_NAME,
} from './setting-types.ts'

export const SHOP = {
  SHOP_NAME: {
    ...SHORT_TEXT,
    default: DEFAULT_SHOP_NAME,
    example: 'Corner Books',
    meaning: 'Name of the shop on its pages, mails and prints',
  },
  SHOP_LEGAL_NAME: {
    ...SHORT_TEXT,
    example: 'Corner Books Ltd.',
    unset: 'the name of the shop',
    meaning: 'Name of the business that runs the shop',
  },
  SHOP_ADDRESS: { ...ADDRESS_LINES, meaning: 'Postal address of the business' },
  SHOP_EMAIL: { ...EMAIL_ADDRESS, meaning: 'Email address for questions of customers' },
  SHOP_PHONE: { ...SHORT_TEXT, example: '+1 555 0123', meaning: 'Phone number for questions of customers' },
  SHOP_TAX_ID: { ...SHORT_TEXT, example: 'DE123456789', meaning: 'Tax ID or VAT number of the business' },
  TIME_ZONE: {
    ...TIME_ZONE_NAME,
    default: DEFAULT_TIME_ZONE,
    meaning: 'Time zone of the dates that customers and staff see',
  },
  ORDER_HOURS: {
    ...HOURS_OF_DAY,
    unset: 'the time without orders is not measured',
    meaning:
      'Hours of the day, in the time zone, in which orders usually come; within them the time without an order is measured',
  },
  DELIVERY_TIME: {
    ...SHORT_TEXT,
    default: DEFAULT_DELIVERY_TIME,
    example: '2 to 4 business days',
    meaning: 'How long a delivery takes, as the checkout and the confirmation of an order say',
  },
  TERMS_FILE: {
    ...MARKDOWN_FILE,
    unset: 'there is no page of terms',
    meaning: 'Terms of sale, shown at `/terms`',
  },
  PRIVACY_FILE: {
    ...MARKDOWN_FILE,
    unset: '`/privacy` shows only what the software stores',
    meaning: 'Privacy policy, shown at `/privacy`',
  },
} as const satisfies Variables
