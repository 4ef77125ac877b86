/** Error that ends a start: a single line that says what is wrong and what to do, ready to print. */

/** Callers print `message`, which is always a single line, and exit with code 1. A stack would not help the reader. */
export class StartError extends Error {
  override readonly name = 'StartError'

  constructor(message: string, options?: ErrorOptions) {
    super(message.replace(/\s+/g, ' ').trim(), options)
  }
}
