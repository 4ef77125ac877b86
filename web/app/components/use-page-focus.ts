/** Hook that moves the focus to the content after client-side navigation, unless an input has it. */
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
