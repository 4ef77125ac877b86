/** Copies of the covers, which never change under their name: those that the destination lacks. */
import { coverBlobs } from '../catalog/cover.ts'
import type { RawItem } from '../core/dynamo/raw-items.ts'
import { MoveError, type Place } from './place.ts'

export type CoverCopier = {
  /** Copies the covers of these books. */
  readonly copy: (books: readonly RawItem[]) => Promise<void>
  readonly counts: () => { readonly copied: number; readonly lost: number }
}

/** Where both places have the same blobs, nothing is copied. A cover that the source has lost is counted as `lost`. */
export const createCoverCopier = (source: Place, destination: Place): CoverCopier => {
  const done = new Set<string>()
  let [copied, lost] = [0, 0]
  const copyOne = async (names: readonly string[]): Promise<void> => {
    const main = names.at(-1)
    if (main === undefined || done.has(main)) return
    const [from, to] = [source.blobs, destination.blobs]
    if (!from || !to)
      throw new MoveError(
        `books have covers, but ${from ? destination.name : source.name} has no bucket: name it with --bucket`,
      )
    // The main image is stored last: where it is, the others are.
    if ((await to.get(main)) === undefined) {
      const images = await Promise.all(names.map(name => from.get(name)))
      if (images.at(-1) === undefined) lost++
      else {
        for (const [i, bytes] of images.entries()) if (bytes && names[i]) await to.put(names[i], bytes)
        copied++
      }
    }
    done.add(main)
  }
  return {
    copy: async books => {
      if (source.blobsAt === destination.blobsAt) return
      for (const book of books) await copyOne(coverBlobs(book.image_url?.S))
    },
    counts: () => ({ copied, lost }),
  }
}
