import * as apigateway from 'aws-cdk-lib/aws-apigateway';

/** RFC 9457. https://www.rfc-editor.org/rfc/rfc9457 */
export const PROBLEM_JSON = 'application/problem+json';

interface Problem {
  readonly type: apigateway.ResponseType;
  /** Without it, the status that API Gateway has for the case. */
  readonly status?: number;
  readonly title: string;
  readonly detail: string;
  readonly headers?: Readonly<Record<string, string>>;
}

const { ResponseType } = apigateway;

/**
 * What API Gateway answers by itself.
 * https://docs.aws.amazon.com/apigateway/latest/developerguide/supported-gateway-response-types.html
 */
const PROBLEMS: readonly Problem[] = [
  {
    type: ResponseType.BAD_REQUEST_BODY,
    status: 400,
    title: 'Bad Request',
    // The text alone, its quotes escaped: the quotes around it are ours.
    detail: '$context.error.validationErrorString',
  },
  {
    type: ResponseType.UNAUTHORIZED,
    status: 401,
    title: 'Unauthorized',
    detail: 'the token is missing, forged or expired',
    headers: { 'WWW-Authenticate': 'Bearer' },
  },
  { type: ResponseType.ACCESS_DENIED, status: 403, title: 'Forbidden', detail: 'the token does not allow it' },
  { type: ResponseType.WAF_FILTERED, status: 403, title: 'Forbidden', detail: 'the firewall refused the request' },
  // What API Gateway says for a path or a method that is not there.
  { type: ResponseType.MISSING_AUTHENTICATION_TOKEN, status: 404, title: 'Not Found', detail: 'there is no such route' },
  { type: ResponseType.REQUEST_TOO_LARGE, status: 413, title: 'Content Too Large', detail: 'send at most 10 MB' },
  {
    type: ResponseType.UNSUPPORTED_MEDIA_TYPE,
    status: 415,
    title: 'Unsupported Media Type',
    detail: 'send application/json',
  },
  {
    type: ResponseType.THROTTLED,
    status: 429,
    title: 'Too Many Requests',
    detail: 'too many requests in a second',
    headers: { 'Retry-After': '1' },
  },
  {
    type: ResponseType.QUOTA_EXCEEDED,
    status: 429,
    title: 'Too Many Requests',
    detail: 'too many requests in a day',
    headers: { 'Retry-After': '3600' },
  },
  { type: ResponseType.API_CONFIGURATION_ERROR, ...internal() },
  { type: ResponseType.AUTHORIZER_CONFIGURATION_ERROR, ...internal() },
  { type: ResponseType.AUTHORIZER_FAILURE, ...internal() },
  { type: ResponseType.INTEGRATION_FAILURE, status: 504, title: 'Gateway Timeout', detail: 'the service did not answer' },
  { type: ResponseType.INTEGRATION_TIMEOUT, status: 504, title: 'Gateway Timeout', detail: 'the service did not answer' },
  { type: ResponseType.DEFAULT_4XX, title: 'Refused', detail: 'the request was refused' },
  { type: ResponseType.DEFAULT_5XX, title: 'Failed', detail: 'the request failed' },
];

function internal() {
  return { status: 500, title: 'Internal Server Error', detail: 'the request failed' };
}

/**
 * Has everything that API Gateway answers by itself say what is wrong as problem+json, with the headers without which a
 * page in another origin could not read it.
 */
export function answerWithProblems(api: apigateway.RestApi, headers: Readonly<Record<string, string>>): void {
  for (const problem of PROBLEMS) {
    api.addGatewayResponse(problem.type.responseType, {
      type: problem.type,
      ...(problem.status === undefined ? {} : { statusCode: String(problem.status) }),
      // Not VTL: only variables are replaced. Clients that accept anything get the template of application/json.
      templates: { 'application/json': template(problem) },
      responseHeaders: quoted({ 'Content-Type': PROBLEM_JSON, ...headers, ...problem.headers }),
    });
  }
}

function template({ status, title, detail }: Problem): string {
  return JSON.stringify({ type: 'about:blank', title, ...(status === undefined ? {} : { status }), detail });
}

/** Text as the value of a mapped parameter: API Gateway wants it in single quotes. */
export function quoted(headers: Readonly<Record<string, string>>): Record<string, string> {
  return Object.fromEntries(Object.entries(headers).map(([name, value]) => [name, `'${value}'`]));
}
