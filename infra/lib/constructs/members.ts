import { RemovalPolicy, Validations } from 'aws-cdk-lib';
import * as apigateway from 'aws-cdk-lib/aws-apigateway';
import * as cognito from 'aws-cdk-lib/aws-cognito';
import { Construct } from 'constructs';

import type { AppApi } from './app-api.ts';

export interface MembersProps {
  /** A user pool that is there already, with clients of its own. Without it, one is made. */
  readonly userPoolArn: string | undefined;
  /** The prefix of the new pool's domain, where services get tokens. Without it there is no client for services. */
  readonly serviceDomainPrefix: string | undefined;
}

/** The resource server, and the scope with which a service may ask for any user's recommendations. */
const RESOURCE_SERVER = 'recommendations';
const USERS_READ = 'users.read';

/**
 * With scopes, API Gateway wants an access token, and lets one pass that holds any of them; without, an ID token.
 * A sign-in by the API of Cognito gets the first, by its pages the second, a service the third.
 * https://docs.aws.amazon.com/apigateway/latest/developerguide/apigateway-enable-cognito-user-pool.html
 */
const ACCESS_TOKEN_SCOPES = ['aws.cognito.signin.user.admin', 'openid', `${RESOURCE_SERVER}/${USERS_READ}`];

/** Who signs in: the users of a Cognito user pool, and the services that may ask for them. */
export class Members extends Construct {
  readonly userPool: cognito.IUserPool;
  /** The app's client; undefined when the pool was there already. */
  readonly appClient: cognito.UserPoolClient | undefined;
  /** The services' client; undefined without a domain. */
  readonly serviceClient: cognito.UserPoolClient | undefined;

  constructor(scope: Construct, id: string, props: MembersProps) {
    super(scope, id);
    if (props.userPoolArn !== undefined) {
      this.userPool = cognito.UserPool.fromUserPoolArn(this, 'UserPool', props.userPoolArn);
      return;
    }
    const userPool = this.createUserPool();
    this.userPool = userPool;
    const usersRead = new cognito.ResourceServerScope({
      scopeName: USERS_READ,
      scopeDescription: 'Ask for the recommendations of any user',
    });
    const server = userPool.addResourceServer('ResourceServer', { identifier: RESOURCE_SERVER, scopes: [usersRead] });
    this.appClient = userPool.addClient('AppClient', {
      // An app on a phone or a page cannot keep a secret.
      generateSecret: false,
      authFlows: { userSrp: true, userPassword: true },
      preventUserExistenceErrors: true,
      disableOAuth: true,
    });
    if (props.serviceDomainPrefix === undefined) return;
    userPool.addDomain('Domain', { cognitoDomain: { domainPrefix: props.serviceDomainPrefix } });
    this.serviceClient = userPool.addClient('ServiceClient', {
      generateSecret: true,
      oAuth: {
        flows: { clientCredentials: true },
        scopes: [cognito.OAuthScope.resourceServer(server, usersRead)],
      },
    });
  }

  /** The options of a method whose caller must bear an access token of the pool. */
  authorize(api: AppApi): apigateway.MethodOptions {
    const authorizer = new apigateway.CognitoUserPoolsAuthorizer(api, 'MemberAuthorizer', {
      cognitoUserPools: [this.userPool],
    });
    return {
      authorizationType: apigateway.AuthorizationType.COGNITO,
      authorizer,
      authorizationScopes: ACCESS_TOKEN_SCOPES,
    };
  }

  private createUserPool(): cognito.UserPool {
    const userPool = new cognito.UserPool(this, 'UserPool', {
      signInAliases: { email: true },
      selfSignUpEnabled: true,
      accountRecovery: cognito.AccountRecovery.EMAIL_ONLY,
      passwordPolicy: {
        minLength: 12,
        requireLowercase: true,
        requireUppercase: true,
        requireDigits: true,
        requireSymbols: true,
      },
      mfa: cognito.Mfa.OPTIONAL,
      mfaSecondFactor: { otp: true, sms: false },
      deletionProtection: true,
      removalPolicy: RemovalPolicy.RETAIN,
    });
    Validations.of(userPool).acknowledge({
      id: 'AwsSolutions-COG2',
      reason: 'The customers of a shop: each decides on a second factor, which the pool offers.',
    });
    Validations.of(userPool).acknowledge({
      id: 'AwsSolutions-COG8',
      reason: 'Threat protection is billed for every active user: whoever wants it raises the plan of the pool.',
    });
    return userPool;
  }
}
