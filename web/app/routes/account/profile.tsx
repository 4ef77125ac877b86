/** Profile page: name, phone and shipping address. */
import { Form } from 'react-router'
import { changeProfile, getProfile } from '#src/accounts/profile/api.ts'
import { AddressFields } from '../../components/address-fields.tsx'
import { TextField } from '../../components/fields.tsx'
import { FormErrorSummary, fieldProps, SuccessNotice } from '../../components/form-notices.tsx'
import { SubmitButton } from '../../components/submit-button.tsx'
import { toPostalAddress } from '../../forms/checkout-form.server.ts'
import { countryForCurrency } from '../../forms/default-country.server.ts'
import { runFormAction } from '../../forms/form-action.server.ts'
import { pageContext } from '../../loading/page-context.ts'
import { pageMeta } from '../../seo/page-meta.ts'
import { account } from '../../texts/account.ts'
import { countries } from '../../texts/names.server.ts'
import type { Route } from './+types/profile'

export const loader = async ({ context, url }: Route.LoaderArgs) => {
  const { readPrivate, currency } = context.get(pageContext)
  return {
    profile: await readPrivate(getProfile, {}),
    isJustVerified: url.searchParams.get('done') === 'verified',
    countries,
    defaultCountry: countryForCurrency(currency),
  }
}

const NAMES = ['first_name', 'last_name', 'phone'] as const
const ADDRESS = ['street', 'postal_code', 'city', 'state', 'country'] as const

export const action = ({ context, request }: Route.ActionArgs) =>
  runFormAction({ context, request }, { kept: [...NAMES, ...ADDRESS] }, async ({ call, text }) => {
    const typed = {
      street: text('street'),
      postal_code: text('postal_code'),
      city: text('city'),
      state: text('state'),
      country: text('country'),
    }
    // A country alone is the form's default, not an address.
    const hasAddress = [typed.street, typed.postal_code, typed.city, typed.state].some(one => one !== '')
    const [first_name, last_name, phone] = NAMES.map(name => text(name) || null)
    await call(changeProfile, {
      body: { first_name, last_name, phone, address: hasAddress ? toPostalAddress(typed) : null },
    })
    return { isSaved: true }
  })

export const meta: Route.MetaFunction = ({ matches }) => pageMeta(matches, { title: account.title })

export default function Profile({
  loaderData: { profile, isJustVerified, countries, defaultCountry },
  actionData,
}: Route.ComponentProps) {
  const error = actionData?.error
  const { first_name, last_name, phone, address } = profile
  const field = fieldProps(error, { first_name, last_name, phone, ...address })
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
          <AddressFields field={field} countries={countries} defaultCountry={defaultCountry} />
        </fieldset>
        <SubmitButton text={account.save} className="button mt-2 h-12 justify-self-start px-7" />
      </Form>
    </div>
  )
}
