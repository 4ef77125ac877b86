/**
 * Pages of what is the visitor's own are read anew after everything that was tried, also when it was refused; but not
 * while the shop is away, so that the page stays as it is.
 */
import type { ShouldRevalidateFunctionArgs } from 'react-router'

export const revalidateAfterAction = ({
  formMethod,
  actionStatus,
  defaultShouldRevalidate,
}: ShouldRevalidateFunctionArgs): boolean =>
  formMethod === undefined ? defaultShouldRevalidate : actionStatus !== 503
