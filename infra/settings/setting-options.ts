/** Options that become settings of the functions, each checked as its setting is. */
import * as z from 'zod'
import type { SettingType } from '#src/composition/setting-types.ts'

/** The text of a setting of this type, checked here so that no function is deployed that cannot start. */
export const textOf = ({ schema, expected, example }: SettingType) =>
  z.string().refine(text => schema.safeParse(text).success, {
    error: `must be ${expected}${example === undefined ? '' : `, for example ${example}`}`,
  })

/** The settings of options that are given. */
export const settingsOf = <Names extends Readonly<Record<string, string>>>(
  names: Names,
  textFor: (option: keyof Names) => string | undefined,
): Record<string, string> =>
  Object.fromEntries(
    Object.entries(names).flatMap(([option, setting]) => {
      const value = textFor(option)
      return value === undefined ? [] : [[setting, value]]
    }),
  )
