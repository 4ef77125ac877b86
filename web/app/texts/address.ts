/** Texts of address forms. Names of parts follow the country, by the words of Google's address metadata. */

const cities: Readonly<Record<string, string>> & { readonly city: string } = {
  city: 'City',
  suburb: 'Suburb',
  post_town: 'Town or city',
  district: 'District',
}
const states: Readonly<Record<string, string>> & { readonly province: string } = {
  province: 'Province',
  state: 'State',
  area: 'Area',
  county: 'County',
  department: 'Department',
  district: 'District',
  do_si: 'Province or metropolitan city',
  emirate: 'Emirate',
  island: 'Island',
  oblast: 'Region',
  parish: 'Parish',
  prefecture: 'Prefecture',
  region: 'Region',
}
const postalCodes: Readonly<Record<string, string>> & { readonly postal: string; readonly postcode: string } =
  {
    postal: 'Postal code',
    postcode: 'Postcode',
    zip: 'ZIP code',
    pin: 'PIN code',
    eircode: 'Eircode',
  }

/** 'Postal code' as 'postal code', and 'ZIP code' as it is. */
const inSentence = (label: string): string => (/^[A-Z]{2}/.test(label) ? label : label.toLowerCase())

export const address = {
  cities,
  states,
  postalCodes,
  /** Where English speakers say postcode. */
  postcodeCountries: ['AU', 'GB', 'GG', 'IM', 'JE', 'NZ'],
  labels: {
    name: 'Full name',
    street: 'Street address',
    line2: 'Apartment, floor, or company',
    phone: 'Phone',
  },
  phoneHint: 'For the carrier, if there’s a question about your delivery.',
  country: 'Country or region',
  chooseCountry: 'Select a country or region',
  showFields: 'Update form for this country',
  /** First option of a list. */
  choose: 'Select…',
  enter: (label: string) => `Enter your ${inSentence(label)}.`,
  enterPostalCode: (label: string, example: string | undefined) =>
    example === undefined
      ? `Enter your ${inSentence(label)}.`
      : `Enter a valid ${inSentence(label)}, such as ${example}.`,
  errors: {
    name: 'Enter the full name of the recipient, up to 100 characters and without a web address.',
    street: 'Enter your street address, up to 200 characters and without a web address.',
    line2: 'Enter up to 200 characters, without a web address.',
    phone: 'Enter a valid phone number, such as +1 212 555 0100.',
  },
  countryError: 'Select a country or region from the list.',
}
