import { App, Validations } from 'aws-cdk-lib';
import { AwsSolutionsChecks } from 'cdk-nag';

import { addPatterns } from '../lib/app.ts';

// The templates are checked by cfn-lint in the tests; the built-in check would add seconds to every synthesis.
const app = new App({ builtinCloudFormationValidation: false });
const { localCloud } = addPatterns(app);

// A finding without a written reason fails the synthesis, so that it is never deployed to an account.
if (!localCloud) Validations.of(app).addPlugins(new AwsSolutionsChecks(app));
