/** Pages of what is the visitor's own are read anew after everything that was tried, also when it was refused. */
import type { ShouldRevalidateFunctionArgs } from 'react-router'

export const afterEveryTry = ({
  formMethod,
  defaultShouldRevalidate,
}: ShouldRevalidateFunctionArgs): boolean => (formMethod === undefined ? defaultShouldRevalidate : true)
