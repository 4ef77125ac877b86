/** Whether scripts run on this page already. */
import { useEffect, useState } from 'react'

export const useHydrated = (): boolean => {
  const [isHydrated, setHydrated] = useState(false)
  useEffect(() => setHydrated(true), [])
  return isHydrated
}
