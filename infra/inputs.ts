/**
 * Outputs of other stacks that a stack reads, as a parameter of it. CloudFormation looks them up when it updates a stack, but a
 * stack whose template and parameters are the same is skipped: their fingerprint changes with them, for example with the stream of
 * a table that was created anew.
 */
import { CfnOutput, CfnParameter } from 'aws-cdk-lib'
import type { Construct } from 'constructs'

/** Adds the parameter, and an output with its value, because a parameter that nothing uses makes no difference. */
export const addInputs = (stack: Construct): void => {
  const parameter = new CfnParameter(stack, 'Inputs', {
    default: '',
    description: 'Fingerprint of the outputs of other stacks that this stack reads',
  })
  new CfnOutput(stack, 'InputsRead', { value: parameter.valueAsString })
}
