/** What the stacks of a stage are called: known without CDK, which takes a second to load. */
import type { StageName } from './stage.ts'

/** The names of a stage's stacks; the order in which they are made. */
export const stackNames = ({ stage }: { readonly stage: StageName }) => {
  const name = `CloudShelf-${stage}`
  return {
    standbyStore: `${name}-standby-store`,
    store: `${name}-store`,
    edge: `${name}-edge`,
    standbyShop: `${name}-standby-shop`,
    shop: `${name}-shop`,
  }
}
