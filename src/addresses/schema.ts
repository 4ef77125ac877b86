/** Schemas of postal addresses: as they are stored, and as a parcel can be sent to them. */
import * as z from 'zod'
import { line } from '../core/text.ts'
import { addressIssues, type Requirement } from './rules.ts'

export const Phone = z
  .string()
  .trim()
  .regex(/^\+?[\d ()/.-]{3,30}$/, { error: 'must be a phone number, for example +1 555 0123' })

/**
 * A postal address. Its parts are in the order in which they are shown where the country is not known. None is required,
 * because addresses are stored that have no name or no country; `DeliveryAddress` is for new ones.
 */
export const PostalAddress = z
  .strictObject({
    name: line(100).optional().describe('The recipient.'),
    street: line(200).optional(),
    line2: line(200).optional().describe('Apartment, floor, company or the like.'),
    city: line(100).optional(),
    state: line(100).optional().describe('State, province, prefecture or the like.'),
    postal_code: line(20).optional(),
    country: z
      .string()
      .regex(/^[A-Z]{2}$/, {
        error: 'must be the ISO 3166-1 code of a country, for example US',
        // Without a country, nothing else can be judged.
        abort: true,
      })
      .optional()
      .describe('ISO 3166-1, two letters.'),
    phone: Phone.optional().describe('For the carrier.'),
  })
  .meta({ id: 'PostalAddress' })
export type PostalAddress = z.infer<typeof PostalAddress>

const PARTS = Object.keys(PostalAddress.shape)
const rankOf = (part: string): number => {
  const rank = PARTS.indexOf(part)
  return rank < 0 ? PARTS.length : rank
}

/**
 * A stored address. Another client may have written anything: its texts and numbers are read, the rest stays in the table. Its
 * parts are in the order of `PostalAddress`, since the table keeps none; those of other clients come last, by name.
 */
export const StoredAddress = z.unknown().transform((value): Record<string, string> | undefined => {
  if (typeof value !== 'object' || value === null || Array.isArray(value)) return undefined
  const readable = Object.entries(value).filter(([, part]) => ['string', 'number'].includes(typeof part))
  const ordered = readable.sort(([a], [b]) => rankOf(a) - rankOf(b) || (a < b ? -1 : 1))
  return Object.fromEntries(ordered.map(([name, part]) => [name, String(part)]))
})
/** An address as it is shown: any part may be missing, and there may be others. */
export type StoredAddress = Readonly<Record<string, string | undefined>>

const refuseIssues =
  (requirement: Requirement) =>
  (address: PostalAddress, context: z.RefinementCtx<PostalAddress>): void => {
    for (const { part, message } of addressIssues(address, requirement))
      context.addIssue({ code: 'custom', path: [part], message })
  }

const BY_COUNTRY =
  'City, state and postal code are required where they are part of an address in the country, city and postal code where there is no country.'
const DELIVERY = { id: 'DeliveryAddress', description: BY_COUNTRY, required: ['name', 'street'] }

/** An address of an account, whose own name is the recipient's where the address has none. */
export const AccountAddress = PostalAddress.superRefine(refuseIssues('without name')).meta({
  id: 'AccountAddress',
  description: BY_COUNTRY,
  required: ['street'],
})

/** A new address that a parcel can be sent to. */
export const DeliveryAddress = PostalAddress.superRefine(refuseIssues('with name')).meta(DELIVERY)

/** `DeliveryAddress` in the documentation, but parsed as any postal address: for a body that is judged by its handler. */
export const UncheckedDeliveryAddress = PostalAddress.meta(DELIVERY)
