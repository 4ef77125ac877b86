/** The error of a start that cannot go on: one line saying what is wrong and what to do, fit to be printed as it is. */

/** Callers print `message` (always a single line) and exit with 1; a stack would tell its reader nothing. */
export class StartError extends Error {
  override readonly name = 'StartError'

  constructor(message: string, options?: ErrorOptions) {
    super(message.replace(/\s+/g, ' ').trim(), options)
  }
}
