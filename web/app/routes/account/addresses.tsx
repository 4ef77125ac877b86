/** The addresses that may be chosen at the checkout. */
import { Form } from 'react-router'
import { listAddresses, removeAddress, saveAddress } from '#src/accounts/profile/api.ts'
import { AddressFields } from '../../components/address-fields.tsx'
import { DoneNotice, FormNotice, fieldOf } from '../../components/form-notice.tsx'
import { SubmitButton } from '../../components/submit-button.tsx'
import { addressOf } from '../../forms/checkout-form.server.ts'
import { runFormAction } from '../../forms/form-action.server.ts'
import { homeCountry } from '../../forms/home-country.server.ts'
import { visitContext } from '../../loading/visit.ts'
import { pageMeta } from '../../seo/page-meta.ts'
import { account } from '../../texts/account.ts'
import { addressLine } from '../../texts/format.ts'
import { countries } from '../../texts/names.server.ts'
import type { Route } from './+types/addresses'

export const loader = async ({ context }: Route.LoaderArgs) => {
  const { readMine, currency } = context.get(visitContext)
  const { items } = await readMine(listAddresses, {})
  return { items, countries, home: homeCountry(currency) }
}

const FIELDS = ['street', 'postal_code', 'city', 'state', 'country']

export const action = ({ context, request }: Route.ActionArgs) =>
  runFormAction({ context, request }, { kept: FIELDS }, async ({ change, text }) => {
    if (text('intent') === 'remove') {
      await change(removeAddress, { params: { address_id: text('address_id') } })
      return { done: account.addressRemoved }
    }
    const [street = '', postal_code = '', city = '', state = '', country = ''] = FIELDS.map(text)
    await change(saveAddress, { body: addressOf({ street, postal_code, city, state, country }) })
    return { done: account.addressSaved }
  })

export const meta: Route.MetaFunction = () => pageMeta({ title: account.addresses })

export default function Addresses({
  loaderData: { items, countries, home },
  actionData,
}: Route.ComponentProps) {
  const answer = actionData?.refusal
  const field = fieldOf(answer)
  return (
    <div className="max-w-xl">
      <h1 className="page-title">{account.addresses}</h1>
      <p className="mb-6 text-lg text-soft">
        {items.length > 0 ? account.addressesIntro : account.noAddresses}
      </p>
      <DoneNotice text={actionData && 'done' in actionData ? actionData.done : undefined} />
      <FormNotice answer={answer} />
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
      {/* Saved: the next address begins empty. */}
      <Form key={items.length} method="post" noValidate>
        <fieldset>
          <legend className="section-title">{account.addAddress}</legend>
          <AddressFields field={field} countries={countries} home={home} />
        </fieldset>
        <SubmitButton text={account.save} />
      </Form>
    </div>
  )
}
