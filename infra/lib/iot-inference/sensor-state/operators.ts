import { RemovalPolicy, Validations } from 'aws-cdk-lib';
import * as cognito from 'aws-cdk-lib/aws-cognito';
import { Construct } from 'constructs';

/** Who signs in to read what sensors measure: the users of a Cognito user pool. */
export class Operators extends Construct {
  readonly userPool: cognito.IUserPool;
  /** The client of the pool that is made; undefined when the pool was there already, with clients of its own. */
  readonly client: cognito.UserPoolClient | undefined;

  constructor(scope: Construct, id: string, userPoolArn: string | undefined) {
    super(scope, id);
    if (userPoolArn !== undefined) {
      this.userPool = cognito.UserPool.fromUserPoolArn(this, 'UserPool', userPoolArn);
      return;
    }
    const userPool = this.createUserPool();
    this.userPool = userPool;
    this.client = userPool.addClient('Client', {
      // An app on a phone or a page cannot keep a secret.
      generateSecret: false,
      authFlows: { userSrp: true, userPassword: true },
      preventUserExistenceErrors: true,
      disableOAuth: true,
    });
  }

  /** Every user sees every device, so nobody comes in uninvited, nor by a password alone. */
  private createUserPool(): cognito.UserPool {
    const userPool = new cognito.UserPool(this, 'UserPool', {
      signInAliases: { email: true },
      selfSignUpEnabled: false,
      accountRecovery: cognito.AccountRecovery.EMAIL_ONLY,
      passwordPolicy: {
        minLength: 12,
        requireLowercase: true,
        requireUppercase: true,
        requireDigits: true,
        requireSymbols: true,
      },
      mfa: cognito.Mfa.REQUIRED,
      mfaSecondFactor: { otp: true, sms: false },
      deletionProtection: true,
      removalPolicy: RemovalPolicy.RETAIN,
    });
    Validations.of(userPool).acknowledge({
      id: 'AwsSolutions-COG8',
      reason: 'Threat protection is billed for every active user: whoever wants it raises the plan of the pool.',
    });
    return userPool;
  }
}
