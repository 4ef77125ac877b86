/** Progress bar at the top of the page during client-side navigation. */
import { useNavigation } from 'react-router'
import { t } from '../texts/texts.ts'

export const NavigationProgress = () => {
  const { state } = useNavigation()
  return (
    <div role="status" className={state === 'idle' ? 'sr-only' : 'progress'}>
      {state !== 'idle' && <span className="sr-only">{t.shop.loading}</span>}
    </div>
  )
}
