import { AccessLogFormat } from 'aws-cdk-lib/aws-apigateway';

/**
 * What a stage logs of a request: the route and never the path, which holds item ids; no query, body, token, address or
 * id of a user. Every value is text: API Gateway writes `-` for what it does not know.
 *
 * https://docs.aws.amazon.com/apigateway/latest/developerguide/api-gateway-variables-for-access-logging.html
 */
const FIELDS = {
  requestId: '$context.requestId',
  extendedRequestId: '$context.extendedRequestId',
  time: '$context.requestTimeEpoch',
  stage: '$context.stage',
  method: '$context.httpMethod',
  route: '$context.resourcePath',
  status: '$context.status',
  error: '$context.error.responseType',
  responseLength: '$context.responseLength',
  latency: '$context.responseLatency',
  authorizerStatus: '$context.authorizer.status',
  authorizerLatency: '$context.authorizer.latency',
  integrationStatus: '$context.integration.status',
  integrationLatency: '$context.integration.latency',
  firewallStatus: '$context.waf.status',
};

/** One line of JSON a request. */
export const ACCESS_LOG_FORMAT = AccessLogFormat.custom(JSON.stringify(FIELDS));
