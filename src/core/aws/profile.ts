/** Region of the AWS profile, found as by the AWS SDK. A file of its own, so that functions on Lambda do without its library. */
import { loadConfig, NODE_REGION_CONFIG_FILE_OPTIONS } from '@smithy/core/config'

/** The Region of the profile (AWS_PROFILE, else `default`) in the AWS configuration files; undefined where there is none. */
export const findProfileRegion = (): Promise<string | undefined> =>
  loadConfig<string | undefined>(
    {
      environmentVariableSelector: () => undefined,
      configFileSelector: ({ region }) => region,
      default: undefined,
    },
    NODE_REGION_CONFIG_FILE_OPTIONS,
  )()
