/** JSON log for machines: lines by Powertools, with metrics in CloudWatch's embedded metric format. */
import { Logger } from '@aws-lambda-powertools/logger'
import { Metrics } from '@aws-lambda-powertools/metrics'
import { currentRequest } from '../request.ts'
import { type Log, type LogLevel, levelFilter, stackWithCauses } from './log.ts'
import { mappedStack } from './mapped-stack.ts'
import { METRIC_NAMES, METRIC_UNITS, METRICS_NAMESPACE, type Measurements } from './metrics.ts'

export const createJsonLog = (level: LogLevel, service: string): Log => {
  const metrics = new Metrics({ serviceName: service, namespace: METRICS_NAMESPACE })
  const isEnabled = levelFilter(level)
  // Calls are logged below the least level that Lambda keeps: Powertools warns of that at each start.
  const logger = new Logger({ serviceName: service, logLevel: isEnabled('calls') ? 'DEBUG' : 'INFO' })
  const requestFields = () => {
    const request = currentRequest()
    return request ? { request_id: request.id } : {}
  }
  const publish = (measurements: Measurements): void => {
    const { request_id } = requestFields()
    if (request_id !== undefined) metrics.addMetadata('request_id', request_id)
    for (const name of METRIC_NAMES) {
      const value = measurements[name]
      if (value !== undefined) metrics.addMetric(name, METRIC_UNITS[name], value)
    }
    metrics.publishStoredMetrics()
  }
  return {
    event: (topic, text, fields) => {
      if (isEnabled('events')) logger.info(text, { topic, ...fields, ...requestFields() })
    },
    failure: error => {
      const name = error instanceof Error ? error.name : typeof error
      const message = error instanceof Error ? error.message : String(error)
      logger.error(message, {
        topic: 'error',
        name,
        stack: mappedStack(stackWithCauses(error)),
        ...requestFields(),
      })
    },
    request: entry => logger.info('answered', { topic: 'request', ...entry }),
    call: ({ operation, tables, ms }) =>
      logger.debug('called', { topic: 'call', operation, tables, ms, ...requestFields() }),
    count: publish,
    gauge: publish,
    isEnabled,
  }
}
