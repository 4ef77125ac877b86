/** Notice on staff pages that the shop was restored from a backup and sends no mail yet. */
import { staff } from '../texts/staff.ts'

export const QuietNotice = ({ isQuiet }: { readonly isQuiet: boolean }) =>
  isQuiet && (
    <p role="status" className="notice-bad mt-4">
      {staff.quiet} <code>npx cloudshelf resume</code>
    </p>
  )
