/** Saved addresses page. */
import { Form } from 'react-router'
import { listAddresses, removeAddress, saveAddress } from '#src/accounts/profile/api.ts'
import { AddressFields } from '../../components/address-fields.tsx'
import { FormErrorSummary, fieldProps, SuccessNotice } from '../../components/form-notices.tsx'
import { SubmitButton } from '../../components/submit-button.tsx'
import { toPostalAddress } from '../../forms/checkout-form.server.ts'
import { countryForCurrency } from '../../forms/default-country.server.ts'
import { runFormAction } from '../../forms/form-action.server.ts'
import { pageContext } from '../../loading/page-context.ts'
import { pageMeta } from '../../seo/page-meta.ts'
import { account } from '../../texts/account.ts'
import { addressLine } from '../../texts/format.ts'
import { countries } from '../../texts/names.server.ts'
import type { Route } from './+types/addresses'

export const loader = async ({ context }: Route.LoaderArgs) => {
  const { readPrivate, currency } = context.get(pageContext)
  const { items } = await readPrivate(listAddresses, {})
  return { items, countries, defaultCountry: countryForCurrency(currency) }
}

const FIELDS = ['street', 'postal_code', 'city', 'state', 'country']

export const action = ({ context, request }: Route.ActionArgs) =>
  runFormAction({ context, request }, { kept: FIELDS }, async ({ call, text }) => {
    if (text('intent') === 'remove') {
      await call(removeAddress, { params: { address_id: text('address_id') } })
      return { done: account.addressRemoved }
    }
    const [street = '', postal_code = '', city = '', state = '', country = ''] = FIELDS.map(text)
    await call(saveAddress, { body: toPostalAddress({ street, postal_code, city, state, country }) })
    return { done: account.addressSaved }
  })

export const meta: Route.MetaFunction = ({ matches }) => pageMeta(matches, { title: account.addresses })

export default function Addresses({
  loaderData: { items, countries, defaultCountry },
  actionData,
}: Route.ComponentProps) {
  const error = actionData?.error
  const field = fieldProps(error)
  return (
    <div className="max-w-xl">
      <h1 className="page-title">{account.addresses}</h1>
      <p className="mb-6 text-lg text-soft">
        {items.length > 0 ? account.addressesIntro : account.noAddresses}
      </p>
      <SuccessNotice text={actionData && 'done' in actionData ? actionData.done : undefined} />
      <FormErrorSummary error={error} />
      {items.length > 0 && (
        <ul className="mb-10 border-line border-t">
          {items.map(item => (
            <li key={item.address_id} className="order-row border-line border-b">
              <span>{addressLine(item)}</span>
              <Form method="post">
                <input type="hidden" name="address_id" value={item.address_id} />
                <SubmitButton
                  text={account.remove}
                  label={account.removeItem(addressLine(item))}
                  intent="remove"
                  className="button-quiet"
                />
              </Form>
            </li>
          ))}
        </ul>
      )}
      {/* The key resets the form after an address was saved. */}
      <Form key={items.length} method="post" noValidate>
        <fieldset>
          <legend className="section-title">{account.addAddress}</legend>
          <AddressFields field={field} countries={countries} defaultCountry={defaultCountry} />
        </fieldset>
        <SubmitButton text={account.save} />
      </Form>
    </div>
  )
}
