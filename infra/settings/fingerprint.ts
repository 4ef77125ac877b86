/** Fingerprint of the outputs that a stack reads of others: see infra/inputs.ts. */
import { createHash } from 'node:crypto'

export type StackOutputs = Readonly<Record<string, Readonly<Record<string, string>>>>

/** The stack parameter for `npm run deploy`; `read` are the outputs of the stacks that it reads. */
export const inputsParameter = (stack: string, read: StackOutputs): string => {
  const sorted = Object.entries(read)
    .flatMap(([name, outputs]) => Object.entries(outputs).map(([key, value]) => `${name} ${key} ${value}`))
    .sort()
  return `${stack}:Inputs=${createHash('sha256').update(sorted.join('\n')).digest('hex').slice(0, 32)}`
}
