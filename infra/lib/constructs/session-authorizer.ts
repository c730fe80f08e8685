import { Duration, Validations } from 'aws-cdk-lib';
import * as apigateway from 'aws-cdk-lib/aws-apigateway';
import * as secretsmanager from 'aws-cdk-lib/aws-secretsmanager';
import type { Construct } from 'constructs';

import { ApiFunction, type ApiFunctionProps } from './api-function.ts';
import type { AppApi } from './app-api.ts';

/** `Bearer` and a JWT: whatever looks different is refused before the function runs. */
const TOKEN = '^Bearer [A-Za-z0-9_-]+\\.[A-Za-z0-9_-]+\\.[A-Za-z0-9_-]+$';

/** How long a decision stands: a token may live on for so long after it expired. */
const DECISION = Duration.seconds(60);

/**
 * The function `session-authorizer`: it issues session tokens and authorises their bearers on every API. It alone holds
 * the key that signs them.
 */
export class SessionAuthorizer extends ApiFunction {
  constructor(scope: Construct, id: string, props: ApiFunctionProps) {
    super(scope, id, props);
    const key = new secretsmanager.Secret(this, 'SessionKey', {
      description: 'Signs the session tokens (HS256)',
      encryptionKey: props.encryptionKey,
      generateSecretString: { passwordLength: 64, excludePunctuation: true },
    });
    // A dynamic reference: the template names the secret, and CloudFormation puts it into the encrypted environment.
    this.function.addEnvironment('SESSION_KEY', key.secretValue.unsafeUnwrap());
    Validations.of(key).acknowledge({
      id: 'AwsSolutions-SMG4',
      reason: 'A new key ends all sessions, so it is changed on purpose: a new value, then a deployment of the function.',
    });
  }

  /** The options of a method whose caller must bear a session token. */
  authorize(api: AppApi): apigateway.MethodOptions {
    const authorizer = new apigateway.TokenAuthorizer(api, 'SessionAuthorizer', {
      handler: this.function,
      identitySource: apigateway.IdentitySource.header('Authorization'),
      validationRegex: TOKEN,
      resultsCacheTtl: DECISION,
    });
    return { authorizationType: apigateway.AuthorizationType.CUSTOM, authorizer };
  }
}

/** The written reason for a method whose authorizer is not Cognito's. */
export function acknowledgeSessionToken(method: apigateway.Method): void {
  Validations.of(method).acknowledge({
    id: 'AwsSolutions-COG4',
    reason: 'Visitors have no account: session-authorizer checks a signed token, which members get for one of Cognito.',
  });
}
