/** Hook that tells whether the page is hydrated. */
import { useEffect, useState } from 'react'

export const useHydrated = (): boolean => {
  const [isHydrated, setHydrated] = useState(false)
  useEffect(() => setHydrated(true), [])
  return isHydrated
}
