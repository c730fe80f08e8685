import { Duration } from 'aws-cdk-lib';
import * as events from 'aws-cdk-lib/aws-events';
import * as targets from 'aws-cdk-lib/aws-events-targets';
import type { Construct } from 'constructs';

import type { RecommendationSources } from '../recommendation-sources.ts';
import { ApiFunction, type ApiFunctionProps } from './api-function.ts';
import { RecommendationAlarms } from './recommendation-alarms.ts';
import { StateTable } from './state-table.ts';

export interface RecommendationFunctionProps extends ApiFunctionProps {
  readonly sources: RecommendationSources;
  /** False where no alarm can be on an expression. */
  readonly metricMath: boolean;
}

/** How often the popular items are fetched. */
const REFRESH = Duration.minutes(5);

/** The function `recommendation-api`: it may ask exactly the sources and filters that are configured. */
export class RecommendationFunction extends ApiFunction {
  readonly state: StateTable;

  constructor(scope: Construct, id: string, props: RecommendationFunctionProps) {
    super(scope, id, { ...props, environment: { ...environment(props.sources), ...props.environment } });
    this.state = new StateTable(this, 'State', props.encryptionKey);
    this.state.grantItems(this);
    this.function.addEnvironment('STATE_TABLE', this.state.table.tableName);
    this.allowPersonalize(props.sources);
    if (props.sources.popularSourceArn !== undefined) this.refreshPopular();
    new RecommendationAlarms(this, 'RecommendationAlarms', {
      functionName: this.function.functionName,
      serviceName: props.functionName,
      metricMath: props.metricMath,
      popularAge: Duration.hours(1),
      actions: props.alarmActions ?? [],
    });
  }

  /**
   * AWS's reference names a campaign as the resource of both actions, and is silent on recommenders and filters. Each that
   * the function may use is named here, and no other.
   * https://docs.aws.amazon.com/service-authorization/latest/reference/list_amazonpersonalize.html
   */
  private allowPersonalize(sources: RecommendationSources): void {
    const filters = Object.values(sources.filters);
    const recommending = [
      ...sources.arms.map(({ sourceArn }) => sourceArn),
      sources.relatedSourceArn,
      sources.popularSourceArn,
      ...filters,
      ...Object.values(sources.promotions),
    ];
    this.allow(['personalize:GetRecommendations'], distinct(recommending));
    if (sources.rankingCampaignArn === undefined) return;
    this.allow(['personalize:GetPersonalizedRanking'], distinct([sources.rankingCampaignArn, ...filters]));
  }

  private refreshPopular(): void {
    new events.Rule(this, 'RefreshPopular', {
      description: 'Has the popular items fetched, for when Personalize does not answer in time',
      schedule: events.Schedule.rate(REFRESH),
      targets: [
        new targets.LambdaFunction(this.function, {
          event: events.RuleTargetInput.fromObject({ task: 'refresh-popular' }),
          // The next one comes soon.
          maxEventAge: REFRESH,
          retryAttempts: 2,
        }),
      ],
    });
  }
}

function environment(sources: RecommendationSources): Record<string, string> {
  const { arms, relatedSourceArn, rankingCampaignArn, popularSourceArn, filters, promotions } = sources;
  const optional = {
    RELATED_SOURCE_ARN: relatedSourceArn,
    RANKING_CAMPAIGN_ARN: rankingCampaignArn,
    POPULAR_SOURCE_ARN: popularSourceArn,
    FILTERS: jsonUnlessEmpty(filters),
    PROMOTIONS: jsonUnlessEmpty(promotions),
  };
  const given = Object.entries(optional).filter((entry): entry is [string, string] => entry[1] !== undefined);
  return { RECOMMENDATION_ARMS: JSON.stringify(arms), ...Object.fromEntries(given) };
}

function jsonUnlessEmpty(names: Readonly<Record<string, string>>): string | undefined {
  return Object.keys(names).length === 0 ? undefined : JSON.stringify(names);
}

function distinct(arns: readonly (string | undefined)[]): string[] {
  return [...new Set(arns.filter((arn) => arn !== undefined))];
}
