import assert from 'node:assert/strict';
import { readFileSync } from 'node:fs';
import * as path from 'node:path';
import { describe, test } from 'node:test';

import { BARE, INFRA, ON_AWS, personalize, recommendations, Synthesised } from './synthesis.ts';

const template = new Synthesised(recommendations());
const bare = new Synthesised(recommendations(BARE));
const api = template.api('recommendation-api');
const environment = (synthesised: Synthesised) =>
  synthesised.lambda('recommendation-api').Properties['Environment'].Variables;
const table = template.only('AWS::DynamoDB::Table');

describe('the routes of the recommendation API', () => {
  const routes: [string, string, string, boolean][] = [
    ['POST /sessions', 'session-authorizer', 'NONE', false],
    ['POST /sessions/member', 'session-authorizer', 'COGNITO_USER_POOLS', false],
    ['GET /recommendations', 'recommendation-api', 'CUSTOM', true],
    ['GET /items/{id}/related', 'recommendation-api', 'CUSTOM', true],
    ['POST /rankings', 'recommendation-api', 'CUSTOM', true],
  ];

  test('are these', () => assert.deepEqual(Object.keys(api.called).sort(), routes.map(([route]) => route).sort()));

  for (const [route, functionName, authorization, counted] of routes) {
    test(`${route}: ${authorization}, ${functionName}`, () => {
      const { AuthorizationType, ApiKeyRequired, Integration } = api.called[route] ?? {};
      assert.equal(AuthorizationType, authorization);
      assert.equal(ApiKeyRequired ?? false, counted);
      assert.equal(Integration.Type, 'AWS_PROXY');
      assert.ok(JSON.stringify(Integration.Uri).includes(template.idOf(template.lambda(functionName))));
    });
  }

  test('may call their function from the stage alone, not from the console, which asks no authorizer', () => {
    const sources = template
      .ofType('AWS::Lambda::Permission')
      .filter(({ Properties }) => Properties['Principal'] === 'apigateway.amazonaws.com')
      .map(({ Properties }) => JSON.stringify(Properties['SourceArn']));
    assert.equal(sources.length, routes.length + 2);
    for (const source of sources) assert.doesNotMatch(source, /test-invoke-stage/);
  });
});

describe('the function recommendation-api is told', () => {
  test('its arms', () => assert.deepEqual(JSON.parse(environment(template).RECOMMENDATION_ARMS), JSON.parse(ON_AWS.arms)));

  test('one arm for one campaign', () => {
    assert.deepEqual(JSON.parse(environment(bare).RECOMMENDATION_ARMS), [
      { name: 'default', weight: 1, sourceArn: BARE.campaignArn },
    ]);
  });

  test('the other sources, filters and promotions', () => {
    const variables = environment(template);
    assert.equal(variables.RELATED_SOURCE_ARN, ON_AWS.relatedSourceArn);
    assert.equal(variables.RANKING_CAMPAIGN_ARN, ON_AWS.rankingCampaignArn);
    assert.equal(variables.POPULAR_SOURCE_ARN, ON_AWS.popularSourceArn);
    assert.deepEqual(JSON.parse(variables.FILTERS), JSON.parse(ON_AWS.filters));
    assert.deepEqual(JSON.parse(variables.PROMOTIONS), JSON.parse(ON_AWS.promotions));
  });

  test('nothing of what is not configured', () => {
    const absent = ['RELATED_SOURCE_ARN', 'RANKING_CAMPAIGN_ARN', 'POPULAR_SOURCE_ARN', 'FILTERS', 'PROMOTIONS'];
    assert.deepEqual(absent.filter((variable) => variable in environment(bare)), []);
  });

  test('nothing that it does not read', () => {
    const config = path.join(INFRA, '../crates/recommendations/recommendation-api/src/config.rs');
    const read = readFileSync(config, 'utf8');
    for (const variable of Object.keys(environment(template))) assert.ok(read.includes(`"${variable}"`), variable);
  });

  test('its table', () => assert.equal(template.behind(environment(template).STATE_TABLE), table));
});

describe('the function recommendation-api may', () => {
  const allowed = (synthesised: Synthesised, action: string) =>
    synthesised
      .permissionsOf('recommendation-api')
      .filter(({ actions }) => actions.includes(action))
      .flatMap(({ resources }) => resources);

  test('ask for recommendations from exactly its sources, through exactly its filters', () => {
    assert.deepEqual(allowed(template, 'personalize:GetRecommendations').sort(), [
      personalize('campaign/control'),
      personalize('campaign/popular'),
      personalize('campaign/related'),
      personalize('filter/featured'),
      personalize('filter/unseen'),
      personalize('recommender/challenger'),
    ]);
    assert.deepEqual(allowed(bare, 'personalize:GetRecommendations'), [BARE.campaignArn]);
  });

  test('ask its one campaign to rank', () => {
    assert.deepEqual(allowed(template, 'personalize:GetPersonalizedRanking').sort(), [
      personalize('campaign/ranking'),
      personalize('filter/unseen'),
    ]);
    assert.deepEqual(allowed(bare, 'personalize:GetPersonalizedRanking'), []);
  });

  test('read and write items of its table alone, by key', () => {
    const actions = template.permissionsOf('recommendation-api').flatMap((statement) => statement.actions);
    const ofTables = actions.filter((action) => action.startsWith('dynamodb:'));
    assert.deepEqual(ofTables, ['dynamodb:GetItem', 'dynamodb:UpdateItem']);
    for (const action of ofTables) {
      assert.deepEqual(allowed(template, action).map((resource) => template.behind(resource)), [table]);
    }
  });

  test('use the key only through DynamoDB', () => {
    const role = template.behind(template.lambda('recommendation-api').Properties['Role']);
    const statements = template
      .policiesOf(role)
      .flatMap(({ Properties }) => Properties['PolicyDocument'].Statement)
      .filter(({ Action }: any) => [Action].flat().some((action) => action.startsWith('kms:')));
    assert.equal(statements.length, 1);
    assert.match(JSON.stringify(statements[0].Condition.StringEquals['kms:ViaService']), /dynamodb\./);
  });
});

describe('the state table', () => {
  test('has the key `key`', () => {
    assert.deepEqual(table.Properties['KeySchema'], [{ AttributeName: 'key', KeyType: 'HASH' }]);
  });

  test('is paid by request', () => assert.equal(table.Properties['BillingMode'], 'PAY_PER_REQUEST'));

  test('is encrypted with the pattern’s key', () => {
    const { SSEEnabled, SSEType, KMSMasterKeyId } = table.Properties['SSESpecification'];
    assert.deepEqual([SSEEnabled, SSEType], [true, 'KMS']);
    assert.equal(template.behind(KMSMasterKeyId).Type, 'AWS::KMS::Key');
  });

  test('can be restored to any moment', () => {
    assert.equal(table.Properties['PointInTimeRecoverySpecification'].PointInTimeRecoveryEnabled, true);
  });
});

describe('the popular items', () => {
  const rule = template.only('AWS::Events::Rule');
  const [target] = rule.Properties['Targets'];

  test('are fetched every five minutes', () => {
    assert.equal(rule.Properties['ScheduleExpression'], 'rate(5 minutes)');
    assert.equal(rule.Properties['State'], 'ENABLED');
  });

  test('are fetched by the function, which is told so', () => {
    assert.equal(template.behind(target.Arn), template.lambda('recommendation-api'));
    assert.deepEqual(JSON.parse(target.Input), { task: 'refresh-popular' });
  });

  test('are not fetched late: the next time comes soon', () => {
    assert.deepEqual(target.RetryPolicy, { MaximumEventAgeInSeconds: 300, MaximumRetryAttempts: 2 });
  });

  test('are not fetched without a source', () => assert.deepEqual(bare.ofType('AWS::Events::Rule'), []));
});

describe('a function behind HTTP', () => {
  for (const name of ['session-authorizer', 'recommendation-api']) {
    const { Properties } = template.lambda(name);

    test(`${name} runs a bootstrap on Amazon Linux 2023, on ARM64 unless told otherwise`, () => {
      assert.equal(Properties['Runtime'], 'provided.al2023');
      assert.deepEqual(Properties['Architectures'], ['arm64']);
    });

    test(`${name} ends before its caller gives up`, () => assert.equal(Properties['Timeout'], 5));

    test(`${name} writes to a log group that expires and is encrypted`, () => {
      const logs = template.behind(Properties['LoggingConfig'].LogGroup).Properties;
      assert.equal(logs['RetentionInDays'], 30);
      assert.equal(template.behind(logs['KmsKeyId']).Type, 'AWS::KMS::Key');
    });

    test(`${name} sends no traces`, () => assert.equal(Properties['TracingConfig'], undefined));
  }
});
