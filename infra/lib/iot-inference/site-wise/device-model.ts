import { RemovalPolicy, Stack } from 'aws-cdk-lib';
import * as iotsitewise from 'aws-cdk-lib/aws-iotsitewise';
import { Construct } from 'constructs';

/** What a device may measure, and in which unit (UCUM): the list of the crate `telemetry`. */
export const MEASURES: Readonly<Record<string, string>> = {
  temperature: 'Cel',
  humidity: '%',
  pressure: 'hPa',
  vibration: 'mm/s',
  current: 'A',
  power: 'W',
  flow: 'L/min',
  level: '%',
};

/**
 * A device as an asset: a measurement for each measure. An asset's property gets what its alias says, `telemetry/<device>/
 * <sensor>`; whoever makes the asset sets the alias of each property that the device has a sensor for.
 * https://docs.aws.amazon.com/iot-sitewise/latest/userguide/connect-data-streams.html
 */
export class DeviceModel extends Construct {
  readonly assetModelId: string;

  constructor(scope: Construct, id: string) {
    super(scope, id);
    const model = new iotsitewise.CfnAssetModel(this, 'Model', {
      // Unique in a region of an account, as the stack's name is.
      assetModelName: `${Stack.of(this).stackName}-device`,
      assetModelDescription: 'A device that publishes readings of its sensors',
      assetModelProperties: Object.entries(MEASURES).map(([measure, unit]) => ({
        name: measure,
        logicalId: measure,
        dataType: 'DOUBLE',
        unit,
        type: { typeName: 'Measurement' },
      })),
    });
    // Assets are the owner's, and a model that has some cannot be deleted.
    model.applyRemovalPolicy(RemovalPolicy.RETAIN);
    this.assetModelId = model.attrAssetModelId;
  }
}
