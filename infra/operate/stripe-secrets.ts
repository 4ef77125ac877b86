/**
 * The secrets of Stripe: SSM SecureStrings, which the operator enters. They are read from standard input, since other users of the
 * machine can read a command line, and are never printed.
 */
import { STRIPE_KEY, WEBHOOK_SECRET } from '#src/composition/payment-setting-types.ts'
import { getSecretsPath, type Stage } from '../settings/stage.ts'
import { type Aws, OperatorError } from './aws.ts'

export const STRIPE_SECRETS = ['stripe-key', 'stripe-webhook'] as const
export type StripeSecret = (typeof STRIPE_SECRETS)[number]
const TYPES = { 'stripe-key': STRIPE_KEY, 'stripe-webhook': WEBHOOK_SECRET } as const

export const isStripeSecret = (name: string | undefined): name is StripeSecret =>
  STRIPE_SECRETS.some(one => one === name)

type Parameters = Pick<Aws, 'parameters' | 'writeSecret'>

const pathOf = (stage: Stage, name: StripeSecret): string => `${getSecretsPath(stage)}/${name}`

/** What is known of both secrets, by name; the first Region that has one counts. */
const readKnown = async (
  regions: readonly Parameters[],
  stage: Stage,
): Promise<ReadonlyMap<StripeSecret, string>> => {
  const found = await Promise.all(
    regions.map(aws => aws.parameters(STRIPE_SECRETS.map(name => pathOf(stage, name)))),
  )
  return new Map(
    STRIPE_SECRETS.flatMap(name => {
      const value = found.map(known => known.get(pathOf(stage, name))).find(known => known !== undefined)
      return value === undefined ? [] : [[name, value] as const]
    }),
  )
}

/**
 * Writes a secret in each Region. A signing secret of the webhook is put in front of the present one, which stays valid until the next
 * one comes: Stripe signs with both while one is replaced. Throws OperatorError for a text that is no such secret.
 */
export const setStripeSecret = async (
  regions: readonly Parameters[],
  stage: Stage,
  name: StripeSecret,
  text: string,
): Promise<void> => {
  const value = text.trim()
  const { schema, expected } = TYPES[name]
  if (!schema.safeParse(value).success) throw new OperatorError(`${name} must be ${expected}`)
  const present = name === 'stripe-webhook' ? (await readKnown(regions, stage)).get(name)?.split(',') : []
  const list = [value, ...(present ?? []).filter(one => one !== value)].slice(0, 2)
  for (const aws of regions) await aws.writeSecret(pathOf(stage, name), list.join(','))
}

/**
 * Copies the secrets to Regions that lack them. Returns what is to be confirmed about them. Throws OperatorError where one was never
 * set: functions would not start.
 */
export const checkStripeSecrets = async (regions: readonly Parameters[], stage: Stage): Promise<string[]> => {
  const known = await readKnown(regions, stage)
  const missing = STRIPE_SECRETS.filter(name => !known.has(name))
  if (missing.length > 0)
    throw new OperatorError(
      `paymentMethods=stripe requires ${missing.join(' and ')}, which ${stage.name} has not: ${missing.map(name => `npm run rotate -- ${name} --context stage=${stage.name}`).join(', then ')} (docs/aws.md, "Payments")`,
    )
  for (const aws of regions) {
    const there = await aws.parameters(STRIPE_SECRETS.map(name => pathOf(stage, name)))
    for (const [name, value] of known)
      if (there.get(pathOf(stage, name)) !== value) await aws.writeSecret(pathOf(stage, name), value)
  }
  return stage.keepsData && known.get('stripe-key')?.includes('_test_')
    ? ['the Stripe key is a test key: orders are taken, and no card is charged']
    : []
}

export const removeStripeSecrets = async (
  regions: readonly Pick<Aws, 'removeParameters'>[],
  stage: Stage,
): Promise<void> => {
  for (const aws of regions) await aws.removeParameters(STRIPE_SECRETS.map(name => pathOf(stage, name)))
}
