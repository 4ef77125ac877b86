/** Profile page: name, phone and shipping address. */
import { Form } from 'react-router'
import { changeProfile, getProfile } from '#src/accounts/profile/api.ts'
import { AddressFields, COUNTRY_INTENT } from '../../components/address-fields.tsx'
import { TextField } from '../../components/fields.tsx'
import { FormErrorSummary, fieldProps, SuccessNotice } from '../../components/form-notices.tsx'
import { SubmitButton } from '../../components/submit-button.tsx'
import { ADDRESS_FIELDS, addressForm, parseAddress, readAddress } from '../../forms/address-form.server.ts'
import { countryForCurrency } from '../../forms/default-country.server.ts'
import { runFormAction } from '../../forms/form-action.server.ts'
import { pageContext } from '../../loading/page-context.ts'
import { pageMeta } from '../../seo/page-meta.ts'
import { account } from '../../texts/account.ts'
import { countries } from '../../texts/names.server.ts'
import type { Route } from './+types/profile'

export const loader = async ({ context, url }: Route.LoaderArgs) => {
  const { readPrivate, currency } = context.get(pageContext)
  const profile = await readPrivate(getProfile, {})
  const country = profile.address ? profile.address.country : countryForCurrency(currency)
  return {
    profile,
    isJustVerified: url.searchParams.get('done') === 'verified',
    countries,
    form: addressForm(country ?? '', 'profile'),
  }
}

const NAMES = ['first_name', 'last_name', 'phone'] as const
/** The phone of the address is the account's own. */
const ADDRESS = ADDRESS_FIELDS.filter(name => name !== 'phone')

export const action = ({ context, request }: Route.ActionArgs) =>
  runFormAction(
    { context, request },
    { kept: [...NAMES, ...ADDRESS], address: 'profile' },
    async ({ call, text }) => {
      const values = readAddress(text, [...NAMES, ...ADDRESS])
      if (text('intent') === COUNTRY_INTENT)
        return { shown: { values, form: addressForm(values.country ?? '', 'profile') } }
      const typed = Object.fromEntries(ADDRESS.map(name => [name, values[name] ?? '']))
      // A country alone is the form's default, not an address.
      const hasAddress = ADDRESS.some(name => name !== 'country' && typed[name] !== '')
      const [first_name, last_name, phone] = NAMES.map(name => text(name) || null)
      const address = hasAddress ? parseAddress(typed, 'profile') : null
      await call(changeProfile, { body: { first_name, last_name, phone, address } })
      return { isSaved: true }
    },
  )

export const meta: Route.MetaFunction = ({ matches }) => pageMeta(matches, { title: account.title })

export default function Profile({
  loaderData: { profile, isJustVerified, countries, form },
  actionData,
}: Route.ComponentProps) {
  const error = actionData?.error
  const { first_name, last_name, phone, address } = profile
  const shown = actionData && 'shown' in actionData ? actionData.shown : undefined
  const field = fieldProps(error, shown?.values ?? { ...address, first_name, last_name, phone })
  return (
    <div>
      <h1 className="page-title">
        {first_name === undefined ? account.title : account.greeting(first_name)}
      </h1>
      <SuccessNotice
        text={
          actionData && 'isSaved' in actionData && actionData.isSaved
            ? account.saved
            : isJustVerified && !actionData
              ? account.verified
              : undefined
        }
      />
      <FormErrorSummary error={error} />
      <Form method="post" noValidate className="side-by-side mt-6">
        <fieldset>
          <legend className="section-title">{account.yourDetails}</legend>
          <div className="grid gap-x-4 sm:grid-cols-2">
            <TextField
              {...field('first_name')}
              label={account.firstName}
              autoComplete="given-name"
              isOptional
            />
            <TextField
              {...field('last_name')}
              label={account.lastName}
              autoComplete="family-name"
              isOptional
            />
          </div>
          <TextField {...field('phone')} label={account.phone} type="tel" autoComplete="tel" isOptional />
        </fieldset>
        <fieldset className="mt-6 lg:mt-0">
          <legend className="section-title">{account.shippingAddress}</legend>
          <p className="mb-4 text-soft text-sm">{account.shippingAddressHint}</p>
          <AddressFields
            form={error?.addressForm ?? shown?.form ?? form}
            field={field}
            countries={countries}
          />
        </fieldset>
        <SubmitButton text={account.save} className="button mt-2 h-12 justify-self-start px-7" />
      </Form>
    </div>
  )
}
