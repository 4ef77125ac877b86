/** Questions to the operator before something is taken away. */
import { createInterface } from 'node:readline/promises'
import { OperatorError } from './calls.ts'

export type Terminal = {
  readonly isInteractive: boolean
  readonly ask: (question: string) => Promise<string>
}

export const processTerminal: Terminal = {
  isInteractive: process.stdin.isTTY === true,
  ask: async question => {
    const asking = createInterface({ input: process.stdin, output: process.stdout })
    const answer = await asking.question(question)
    asking.close()
    return answer
  },
}

/**
 * Asks for `word`, unless `isGiven` says that it was given on the command line; `hint` names the argument that does. Throws
 * OperatorError for another answer, or without a terminal.
 */
export const confirm = async (
  what: string,
  { word, isGiven, hint }: { readonly word: string; readonly isGiven: boolean; readonly hint: string },
  { isInteractive, ask }: Terminal = processTerminal,
): Promise<void> => {
  if (isGiven) return
  if (!isInteractive) throw new OperatorError(`${what}: confirm with ${hint}`)
  if ((await ask(`${what}. Type ${word} to continue: `)).trim() !== word)
    throw new OperatorError('cancelled; nothing was changed')
}
