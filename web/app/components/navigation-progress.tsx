/** A thin line at the top while the next page is on its way. */
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
