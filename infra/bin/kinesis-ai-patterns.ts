import { App, Validations } from 'aws-cdk-lib';
import { AwsSolutionsChecks } from 'cdk-nag';

import { ApiGatewayAccountStack } from '../lib/api-gateway-account-stack.ts';
import { readConfiguration } from '../lib/configuration.ts';
import { RecommendationsStack } from '../lib/recommendations-stack.ts';

// The templates are checked by cfn-lint in the tests; the built-in check would add seconds to every synthesis.
const app = new App({ builtinCloudFormationValidation: false });
const configuration = readConfiguration(app.node);

new RecommendationsStack(app, 'Recommendations', configuration);
if (!configuration.localCloud) new ApiGatewayAccountStack(app, 'ApiGatewayAccount');

// A finding without a written reason fails the synthesis, so that it is never deployed to an account.
if (!configuration.localCloud) Validations.of(app).addPlugins(new AwsSolutionsChecks(app));
