/** Names of a stage's stacks, in a file without CDK, which takes a second to load. */
import type { StageName } from './stage.ts'

/** Stack names of a stage, in the order of creation. */
export const stackNames = ({ stage }: { readonly stage: StageName }) => {
  const name = `CloudShelf-${stage}`
  return {
    standbyStore: `${name}-standby-store`,
    store: `${name}-store`,
    edge: `${name}-edge`,
    standbyData: `${name}-standby-data`,
    data: `${name}-data`,
    standbyShop: `${name}-standby-shop`,
    shop: `${name}-shop`,
  }
}
