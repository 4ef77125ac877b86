/** The `cloudshelf` command: a command line for the people who run the shop. */
import { completeRegion } from '../composition/settings.ts'
import { reportError } from './errors.ts'
import { program } from './program.ts'

// The reader of a pipe, such as `head`, may close it before the end.
process.stdout.on('error', (error: NodeJS.ErrnoException) => {
  if (error.code === 'EPIPE') process.exit()
  throw error
})
process.on('unhandledRejection', error => {
  reportError(error)
  process.exit()
})

try {
  await completeRegion(async () => (await import('../core/aws/profile.ts')).findProfileRegion())
  if (process.argv.length > 2) await program.parseAsync()
  else program.outputHelp()
} catch (error) {
  reportError(error)
}
