import * as wafv2 from 'aws-cdk-lib/aws-wafv2';
import { Construct } from 'constructs';

import type { AppApi } from './app-api.ts';

/**
 * A web application firewall before APIs: AWS's common rules, and a limit for each address.
 *
 * It looks at the first 16 KB of a body, and its common rules refuse one of more than 8 KB: that rule only counts here,
 * since a batch of interactions may have megabytes, and API Gateway holds it to the schema.
 * https://docs.aws.amazon.com/waf/latest/developerguide/aws-managed-rule-groups-baseline.html
 */
export class ApiFirewall extends Construct {
  /** @param requestsPerAddress in five minutes, from which an address is refused. */
  constructor(scope: Construct, id: string, apis: readonly AppApi[], requestsPerAddress: number) {
    super(scope, id);
    const acl = new wafv2.CfnWebACL(this, 'Acl', {
      scope: 'REGIONAL',
      defaultAction: { allow: {} },
      visibilityConfig: visibility('Firewall'),
      rules: [
        {
          name: 'RequestsPerAddress',
          priority: 0,
          action: { block: {} },
          statement: {
            rateBasedStatement: { aggregateKeyType: 'IP', limit: requestsPerAddress, evaluationWindowSec: 300 },
          },
          visibilityConfig: visibility('RequestsPerAddress'),
        },
        {
          name: 'CommonRules',
          priority: 1,
          overrideAction: { none: {} },
          statement: {
            managedRuleGroupStatement: {
              vendorName: 'AWS',
              name: 'AWSManagedRulesCommonRuleSet',
              ruleActionOverrides: [{ name: 'SizeRestrictions_BODY', actionToUse: { count: {} } }],
            },
          },
          visibilityConfig: visibility('CommonRules'),
        },
      ],
    });
    for (const api of apis) {
      new wafv2.CfnWebACLAssociation(api, 'Firewall', { resourceArn: api.stage.stageArn, webAclArn: acl.attrArn });
    }
  }
}

/** Counted, and without samples: those would hold what callers sent. */
function visibility(metricName: string): wafv2.CfnWebACL.VisibilityConfigProperty {
  return { metricName, cloudWatchMetricsEnabled: true, sampledRequestsEnabled: false };
}
