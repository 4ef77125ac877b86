/** After going to another page without loading it anew, the focus is at its content, as after a load. */
import { useEffect, useRef } from 'react'
import { useLocation } from 'react-router'

export const usePageFocus = (): void => {
  const { pathname } = useLocation()
  const before = useRef(pathname)
  useEffect(() => {
    if (before.current === pathname) return
    before.current = pathname
    document.getElementById('content')?.focus({ preventScroll: true })
  }, [pathname])
}
