/** States, provinces, prefectures and the like that are part of addresses, for the forms of the pages. */
import states from '../../data/address-states.json' with { type: 'json' }

/** What is written in an address, and the name of the state, which differs where addresses have its code. */
export type State = { readonly value: string; readonly name: string }

/** A state in the table: its name, or its code and name. */
export type StateEntry = readonly [value: string, name?: string]

const STATES: Readonly<Record<string, readonly (readonly string[])[]>> = states

/** The states of a country by name; empty where its addresses have none, or where they are not known. */
export const statesOf = (country: string): readonly State[] => {
  const entries = Object.hasOwn(STATES, country) ? STATES[country] : undefined
  return (entries ?? []).map(([value = '', name = value]) => ({ value, name }))
}
