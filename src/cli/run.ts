/** The `cloudshelf` command: a command line for the people who run the shop. */
import { reportError } from './errors.ts'
import { runCommandLine } from './program.ts'

// The reader of a pipe, such as `head`, may close it before the end.
process.stdout.on('error', (error: NodeJS.ErrnoException) => {
  if (error.code === 'EPIPE') process.exit()
  throw error
})
process.on('unhandledRejection', error => {
  reportError(error)
  process.exit()
})

await runCommandLine(process.argv.slice(2))
