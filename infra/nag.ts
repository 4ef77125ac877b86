/** cdk-nag. */
import type { App } from 'aws-cdk-lib'
import { Validations } from 'aws-cdk-lib'
import { AwsSolutionsChecks, ServerlessChecks } from 'cdk-nag'
import type { Stacks } from './stacks.ts'

export const check = (app: App): void => {
  Validations.of(app).addPlugins(new AwsSolutionsChecks(app), new ServerlessChecks(app))
}
export const acknowledge = (_stacks: Stacks): void => {}
