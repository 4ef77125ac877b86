/** Answers whose time must not tell what was found: they come a little late, by chance. */
import { setTimeout as sleep } from 'node:timers/promises'

/**
 * Does `work`, and gives what it gives, or throws what it throws, up to `most` milliseconds later: twenty times what a known address takes
 * longer than an unknown one, or shorter. Limits leave nobody the tries to average it out.
 */
export const blurred = async <T>(work: () => Promise<T>, most = 20): Promise<T> => {
  try {
    return await work()
  } finally {
    await sleep(most * Math.random())
  }
}
