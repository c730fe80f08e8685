import { Duration } from 'aws-cdk-lib';
import type * as apigateway from 'aws-cdk-lib/aws-apigateway';

/** The request headers that a page in another origin may send. */
const REQUEST_HEADERS = ['Authorization', 'Content-Type', 'If-None-Match'];

/** The answers' headers that it may read. */
const ANSWER_HEADERS = ['ETag', 'Retry-After', 'WWW-Authenticate', 'X-Recommendation-Source'];

/**
 * The pages of other origins that may call an API from a browser (CORS).
 *
 * The preflight decides: it names the caller's origin only if that is listed. API Gateway's own answers let any origin
 * read them, since neither a gateway response nor an integration response can choose one of several. Nothing is lost by
 * that: a session token stands in a header, so that a browser asks the preflight before every request that carries one,
 * and a browser sends no credential of its own. Without a token there is only a new visitor's session, which anybody
 * may have.
 */
export class CrossOrigin {
  /** @param origins such as `https://shop.example.com`, or `*` alone; none when only the API's own origin may call. */
  constructor(private readonly origins: readonly string[]) {}

  /** What OPTIONS on the path of `httpMethod` answers; undefined when no other origin may call. */
  preflight(httpMethod: string): apigateway.CorsOptions | undefined {
    if (this.origins.length === 0) return undefined;
    return {
      allowOrigins: [...this.origins],
      allowMethods: [httpMethod],
      allowHeaders: REQUEST_HEADERS,
      // As long as Chromium keeps one. https://fetch.spec.whatwg.org/#http-access-control-max-age
      maxAge: Duration.hours(2),
    };
  }

  /** The headers of what API Gateway answers, but a preflight's. A function's answers carry their own. */
  answerHeaders(): Record<string, string> {
    if (this.origins.length === 0) return {};
    return { 'Access-Control-Allow-Origin': '*', 'Access-Control-Expose-Headers': ANSWER_HEADERS.join(',') };
  }
}
