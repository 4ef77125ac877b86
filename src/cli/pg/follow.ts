/** `cloudshelf pg follow`: fills and follows the database of DATABASE_URL until it is stopped. What a rehearsal kills again and again. */
import { once } from 'node:events'
import { followJournal } from '../../local/projection.ts'
import { withProjection } from './with-projection.ts'

export const runFollow = ({ reader }: { readonly reader: string }): Promise<void> =>
  withProjection(
    async ({ given }) => {
      const follower = followJournal({ ...given, reader, endsWithProcess: true })
      const alive = setInterval(() => {}, 60_000) // the rests of the follower keep no process running
      await Promise.race([once(process, 'SIGTERM'), once(process, 'SIGINT')])
      clearInterval(alive)
      await follower.stop()
    },
    { withoutFollower: true },
  )
