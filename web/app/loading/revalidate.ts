/**
 * Revalidation of private pages: after every action, failed ones included, but not while the API is
 * unavailable, so that the page keeps its data.
 */
import type { ShouldRevalidateFunctionArgs } from 'react-router'

export const revalidateAfterAction = ({
  formMethod,
  actionStatus,
  defaultShouldRevalidate,
}: ShouldRevalidateFunctionArgs): boolean =>
  formMethod === undefined ? defaultShouldRevalidate : actionStatus !== 503
