/** Resource route with the form of an address in a country, requested when the country is changed. */
import { addressForm } from '../forms/address-form.server.ts'
import type { Route } from './+types/address-form'

export const loader = ({ url }: Route.LoaderArgs) =>
  addressForm(
    url.searchParams.get('country') ?? '',
    url.searchParams.get('kind') === 'profile' ? 'profile' : 'delivery',
  )
