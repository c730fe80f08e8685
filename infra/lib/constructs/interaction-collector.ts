import { readFileSync } from 'node:fs';
import * as path from 'node:path';

import { Duration, Validations } from 'aws-cdk-lib';
import * as apigateway from 'aws-cdk-lib/aws-apigateway';
import * as iam from 'aws-cdk-lib/aws-iam';
import { Construct } from 'constructs';

import { AppApi, type AppApiProps } from './app-api.ts';
import { PROBLEM_JSON, quoted } from './problem-responses.ts';
import type { RecordStream } from './record-stream.ts';
import { acknowledgeSessionToken, type SessionAuthorizer } from './session-authorizer.ts';

export interface InteractionCollectorProps extends Omit<AppApiProps, 'description' | 'executionLog'> {
  readonly stream: RecordStream;
  readonly sessions: SessionAuthorizer;
  /** Count each request on the usage plan that the authorizer names. */
  readonly usagePlans: boolean;
}

/** The JSON Schema of the body and the mapping templates, shared with what serves the same routes locally. */
const CONTRACT = path.resolve(import.meta.dirname, '../../../crates/recommendations/interaction-collector');

interface Door {
  readonly route: string;
  /** The name of the call, in IAM too. */
  readonly action: string;
  readonly schema: string;
  readonly template: string;
}

const DOORS: readonly Door[] = [
  { route: 'POST /interactions', action: 'PutRecord', schema: 'interaction', template: 'put-record' },
  { route: 'POST /interactions/batch', action: 'PutRecords', schema: 'interaction-batch', template: 'put-records' },
];

/**
 * The door for interactions: API Gateway -> Kinesis without a function between. The body is held to the schema, the
 * sender is the one in the session token, and each answer of Kinesis is looked at.
 */
export class InteractionCollector extends Construct {
  readonly api: AppApi;

  constructor(scope: Construct, id: string, props: InteractionCollectorProps) {
    super(scope, id);
    this.api = new AppApi(this, 'Api', {
      ...props,
      description: 'Interactions of apps and pages, onto the stream',
      // It would hold the results of validation, which quote what the body holds.
      executionLog: apigateway.MethodLoggingLevel.OFF,
    });
    const role = this.createRole(props.stream);
    const options = {
      ...props.sessions.authorize(this.api),
      apiKeyRequired: props.usagePlans,
      requestValidator: this.api.restApi.addRequestValidator('Validator', {
        validateRequestBody: true,
        validateRequestParameters: true,
      }),
      methodResponses: this.methodResponses(),
    };
    for (const door of DOORS) {
      const model = this.model(door);
      const method = this.api.route(door.route, this.integrate(door, props.stream, role), {
        ...options,
        // Of a body for which no model is named nothing is checked, and the schema is what keeps a caller to itself.
        // https://docs.aws.amazon.com/apigateway/latest/developerguide/api-gateway-method-request-validation.html
        requestModels: { 'application/json': model, $default: model },
      });
      acknowledgeSessionToken(method);
    }
    Validations.of(this.api.stage).acknowledge({
      id: 'AwsSolutions-APIG6',
      reason: 'The execution log quotes what the schema refused, and no payload is logged: the access log tells the rest.',
    });
  }

  /** https://docs.aws.amazon.com/streams/latest/dg/permissions-user-key-KMS.html */
  private createRole({ stream, encryptionKey }: RecordStream): iam.Role {
    const role = new iam.Role(this, 'Role', { assumedBy: new iam.ServicePrincipal('apigateway.amazonaws.com') });
    const actions = DOORS.map(({ action }) => `kinesis:${action}`);
    role.addToPolicy(new iam.PolicyStatement({ actions, resources: [stream.streamArn] }));
    role.addToPolicy(
      new iam.PolicyStatement({ actions: ['kms:GenerateDataKey'], resources: [encryptionKey.keyArn] }),
    );
    return role;
  }

  private model({ schema }: Door): apigateway.Model {
    const file = contract('schema', `${schema}.schema.json`);
    return this.api.restApi.addModel(schema, { contentType: 'application/json', schema: JSON.parse(file) });
  }

  private integrate({ action, template }: Door, { stream }: RecordStream, role: iam.Role): apigateway.Integration {
    const request = contract('templates', `${template}.request.vtl`).replaceAll('{{StreamName}}', stream.streamName);
    return new apigateway.AwsIntegration({
      service: 'kinesis',
      action,
      options: {
        credentialsRole: role,
        timeout: Duration.seconds(10),
        // A body that is not JSON was not held to the schema: it is answered with 415.
        passthroughBehavior: apigateway.PassthroughBehavior.NEVER,
        requestParameters: { 'integration.request.header.Content-Type': "'application/x-amz-json-1.1'" },
        requestTemplates: { 'application/json': request },
        integrationResponses: [
          this.answer('202', '200', `${template}.response.vtl`, 'application/json'),
          // The template makes a 429 of it when the stream is throttled.
          this.answer('500', '4\\d\\d', 'kinesis-error.response.vtl', PROBLEM_JSON),
          this.answer('503', '5\\d\\d', 'kinesis-unavailable.response.vtl', PROBLEM_JSON),
        ],
      },
    });
  }

  private answer(statusCode: string, pattern: string, template: string, type: string): apigateway.IntegrationResponse {
    return {
      statusCode,
      selectionPattern: pattern,
      responseTemplates: { 'application/json': contract('templates', template) },
      responseParameters: forMethod(quoted({ 'Content-Type': type, ...this.api.crossOrigin.answerHeaders() })),
    };
  }

  /** Those of `answer`, and those that the templates make of them. */
  private methodResponses(): apigateway.MethodResponse[] {
    const names = ['Content-Type', ...Object.keys(this.api.crossOrigin.answerHeaders())];
    const responseParameters = forMethod(Object.fromEntries(names.map((name) => [name, true])));
    return ['202', '207', '429', '500', '503'].map((statusCode) => ({ statusCode, responseParameters }));
  }
}

function contract(folder: string, name: string): string {
  return readFileSync(path.join(CONTRACT, folder, name), 'utf8');
}

/** The values of headers as parameters of the method's response. */
function forMethod<Value>(headers: Record<string, Value>): Record<string, Value> {
  return Object.fromEntries(Object.entries(headers).map(([name, value]) => [`method.response.header.${name}`, value]));
}
