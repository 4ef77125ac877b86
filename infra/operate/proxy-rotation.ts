/**
 * Steps that rotate the secret between CDN and functions without a refused request. The parameter holds a list: functions accept
 * each of it, pages send the first, and the last is the new one, so that a rotation that was cut off is continued from the list alone.
 */

/** `publish`: write the list and restart the functions; `send`: let the CDN send this secret. */
export type RotationStep =
  | { readonly kind: 'publish'; readonly list: string }
  | { readonly kind: 'send'; readonly secret: string }

const publish = (...secrets: readonly string[]): RotationStep => ({
  kind: 'publish',
  list: secrets.join(','),
})

/** What is left to do where the parameter has this list; `fresh` is the new secret of a rotation that has not begun. */
export const planProxyRotation = (list: string, fresh: string): RotationStep[] => {
  const [first = '', second, third] = list.split(',')
  const old = third === undefined ? first : (second ?? first)
  const next = third ?? second ?? fresh
  const begin: RotationStep[] = [publish(old, next), { kind: 'send', secret: next }]
  // Published again where it was cut off: the functions may not have been restarted.
  return [...(third === undefined ? begin : []), publish(next, old, next), publish(next)]
}
