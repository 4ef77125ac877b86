/** Saved addresses page: list, add, edit and remove. */
import { Form } from 'react-router'
import {
  changeAddress,
  getProfile,
  listAddresses,
  removeAddress,
  saveAddress,
} from '#src/accounts/profile/api.ts'
import { addressLine } from '#src/addresses/lines.ts'
import type { StoredAddress } from '#src/addresses/schema.ts'
import { AddressFields, COUNTRY_INTENT } from '../../components/address-fields.tsx'
import { FormErrorSummary, fieldProps, SuccessNotice } from '../../components/form-notices.tsx'
import { SubmitButton } from '../../components/submit-button.tsx'
import {
  ADDRESS_FIELDS,
  type AddressForm,
  addressForm,
  parseAddress,
  readAddress,
} from '../../forms/address-form.server.ts'
import { withRecipient } from '../../forms/checkout-prefill.server.ts'
import { countryForCurrency } from '../../forms/default-country.server.ts'
import { type FormError, runFormAction } from '../../forms/form-action.server.ts'
import { pageContext } from '../../loading/page-context.ts'
import { pageMeta } from '../../seo/page-meta.ts'
import { account } from '../../texts/account.ts'
import { countries } from '../../texts/names.server.ts'
import type { Route } from './+types/addresses'

/** `?edit=<id>` shows a saved address in the form. */
export const loader = async ({ context, url }: Route.LoaderArgs) => {
  const { readPrivate, currency } = context.get(pageContext)
  const defaultCountry = countryForCurrency(currency)
  const [{ items }, profile] = await Promise.all([
    readPrivate(listAddresses, {}),
    readPrivate(getProfile, {}),
  ])
  const saved = items.map(({ address_id, ...address }) => {
    const named: StoredAddress = withRecipient(address, profile)
    return { id: address_id, line: addressLine(named), address: named }
  })
  const edited = saved.find(({ id }) => id === url.searchParams.get('edit'))
  const fresh: FormState = { id: '', values: withRecipient({}, profile), form: addressForm(defaultCountry) }
  return {
    saved: saved.map(({ id, line }) => ({ id, line })),
    fresh,
    edited: edited && toFormState(edited.id, edited.address),
    countries,
  }
}

/** The id of the address in the form, or '' for a new one. */
type FormState = { readonly id: string; readonly values: StoredAddress; readonly form: AddressForm }

const toFormState = (id: string, values: StoredAddress): FormState => ({
  id,
  values,
  form: addressForm(values.country ?? ''),
})

const FIELDS = ['address_id', ...ADDRESS_FIELDS]

export const action = ({ context, request }: Route.ActionArgs) =>
  runFormAction({ context, request }, { kept: FIELDS, address: 'delivery' }, async ({ call, text }) => {
    const params = { address_id: text('address_id') }
    const values = readAddress(text, ADDRESS_FIELDS)
    if (text('intent') === COUNTRY_INTENT) return { shown: toFormState(params.address_id, values) }
    if (text('intent') === 'remove') {
      await call(removeAddress, { params })
      return { done: account.addressRemoved }
    }
    const body = parseAddress(values, 'delivery')
    if (params.address_id === '') await call(saveAddress, { body })
    else await call(changeAddress, { params, body })
    return { done: account.addressSaved }
  })

export const meta: Route.MetaFunction = ({ matches }) => pageMeta(matches, { title: account.addresses })

export default function Addresses({ loaderData, actionData }: Route.ComponentProps) {
  const { saved, fresh, edited, countries } = loaderData
  const error = actionData?.error
  const done = actionData && 'done' in actionData ? actionData.done : undefined
  const shown = actionData && 'shown' in actionData ? actionData.shown : submittedState(error)
  // After it was saved, the form is that of a new address.
  const { id, values, form } = shown ?? (done === undefined ? edited : undefined) ?? fresh
  return (
    <div>
      <h1 className="page-title">{account.addresses}</h1>
      <p className="mb-6 text-lg text-soft">
        {saved.length > 0 ? account.addressesIntro : account.noAddresses}
      </p>
      <SuccessNotice text={done} />
      <FormErrorSummary error={error} />
      <div className={saved.length > 0 ? 'side-by-side' : 'max-w-2xl'}>
        {saved.length > 0 && <SavedAddresses saved={saved} />}
        {/* The key resets the form after an address was saved. */}
        <Form key={`${id} ${saved.length}`} id="form" method="post" action="/account/addresses" noValidate>
          <input type="hidden" name="address_id" value={id} />
          <fieldset>
            <legend className="section-title">{id === '' ? account.addAddress : account.editAddress}</legend>
            <AddressFields form={form} field={fieldProps(error, values)} countries={countries} />
          </fieldset>
          <div className="flex flex-wrap items-center gap-4">
            <SubmitButton text={account.save} />
            {id !== '' && (
              <a href="/account/addresses" className="link mt-2">
                {account.cancelEdit}
              </a>
            )}
          </div>
        </Form>
      </div>
    </div>
  )
}

const submittedState = (error: FormError | undefined): FormState | undefined =>
  error?.addressForm && { id: error.values.address_id ?? '', values: {}, form: error.addressForm }

const SavedAddresses = ({
  saved,
}: {
  readonly saved: readonly { readonly id: string; readonly line: string }[]
}) => (
  <ul className="mb-10 border-line border-t">
    {saved.map(({ id, line }) => (
      <li key={id} className="order-row flex-wrap border-line border-b">
        <span className="min-w-60 flex-1 break-words">{line}</span>
        <div className="flex shrink-0 gap-2">
          <a
            href={`/account/addresses?${new URLSearchParams({ edit: id })}#form`}
            rel="external"
            aria-label={account.editItem(line)}
            className="button-quiet"
          >
            {account.edit}
          </a>
          <Form method="post" action="/account/addresses">
            <input type="hidden" name="address_id" value={id} />
            <SubmitButton
              text={account.remove}
              label={account.removeItem(line)}
              intent="remove"
              className="button-quiet"
            />
          </Form>
        </div>
      </li>
    ))}
  </ul>
)
