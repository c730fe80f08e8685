import type { App } from 'aws-cdk-lib';

import { ApiGatewayAccountStack } from './api-gateway-account-stack.ts';
import type { AppConfiguration } from './app-configuration.ts';
import { readConfiguration } from './configuration.ts';
import { Context } from './context.ts';
import { GenerativeBiDashboardStack } from './generative-bi-dashboard-stack.ts';
import { GenerativeBiStack } from './generative-bi-stack.ts';
import { readGenerativeBiConfiguration } from './generative-bi/configuration.ts';
import { IotInferenceStack } from './iot-inference-stack.ts';
import { readIotInferenceConfiguration } from './iot-inference/configuration.ts';
import { type Pattern, readPatterns } from './patterns.ts';
import { RecommendationsStack } from './recommendations-stack.ts';

/** Puts the stacks of the patterns that the context asks for into the app. */
export function addPatterns(app: App): Pick<AppConfiguration, 'localCloud'> {
  for (const pattern of readPatterns(app.node)) ADD[pattern](app);
  return { localCloud: new Context(app.node).flag('localCloud') };
}

const ADD: Readonly<Record<Pattern, (app: App) => void>> = {
  recommendations: addRecommendations,
  'generative-bi': addGenerativeBi,
  'iot-inference': addIotInference,
};

function addRecommendations(app: App): void {
  const configuration = readConfiguration(app.node);
  new RecommendationsStack(app, 'Recommendations', configuration);
  if (!configuration.localCloud) new ApiGatewayAccountStack(app, 'ApiGatewayAccount');
}

function addGenerativeBi(app: App): void {
  const configuration = readGenerativeBiConfiguration(app.node);
  const { dashboard } = configuration;
  const warehouse = new GenerativeBiStack(app, 'GenerativeBi', configuration);
  if (dashboard !== undefined) new GenerativeBiDashboardStack(app, 'GenerativeBiDashboard', { warehouse, dashboard });
}

function addIotInference(app: App): void {
  new IotInferenceStack(app, 'IotInference', readIotInferenceConfiguration(app.node));
}
