/** Print button; hidden without scripts, where the browser's menu prints. */
import { useEffect, useState } from 'react'
import { t } from '../texts/texts.ts'

export const PrintButton = () => {
  const [isHydrated, setIsScripted] = useState(false)
  useEffect(() => setIsScripted(true), [])
  return isHydrated ? (
    <button type="button" className="button-quiet" onClick={() => window.print()}>
      {t.order.print}
    </button>
  ) : null
}
