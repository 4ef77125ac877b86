/** After going to another page without loading it anew, the focus is at its content; but nobody is interrupted in typing. */
import { useEffect, useRef } from 'react'
import { useLocation } from 'react-router'

export const usePageFocus = (): void => {
  const { pathname } = useLocation()
  const before = useRef(pathname)
  useEffect(() => {
    if (before.current === pathname) return
    before.current = pathname
    if (document.activeElement instanceof HTMLInputElement) return
    document.getElementById('content')?.focus({ preventScroll: true })
  }, [pathname])
}
