import { givenVpc, type Place } from "./given.ts";
import type { StageSettings } from "./stage.ts";

type FunctionVpc = sst.aws.FunctionArgs["vpc"];

/** Where the country functions and databases live: the given VPC, or one that is created when the first database needs it. */
export function countryNetwork(stage: StageSettings, place: Place) {
  const own = givenVpc(place);
  let created: sst.aws.Vpc | undefined;
  return {
    /** The given VPC, if any. */
    own: own satisfies FunctionVpc,
    endpointZones: stage.endpointZones,
    /** The created VPC, if any. It has no NAT: what runs inside reaches the services of `openWayOut`, and nothing else. */
    get created() {
      return created;
    },
    create() {
      const zones = stage.home?.zones ?? aws.getRegionOutput().region.apply((region) => [`${region}a`, `${region}b`]);
      created ??= new sst.aws.Vpc("Vpc", { az: zones });
      return created;
    },
  };
}

export type CountryNetwork = ReturnType<typeof countryNetwork>;

/**
 * An interface endpoint for one AWS service in a VPC that was created here (a given one has ways out of its own). Its
 * policy lets through these actions on these resources. docs.aws.amazon.com/vpc/latest/privatelink/vpc-endpoints-access.html
 */
export function openWayOut(
  network: CountryNetwork,
  name: string,
  service: "events" | "sqs",
  statement: { actions: string[]; resources: $util.Input<string>[] },
) {
  if (!network.created) return;
  new aws.ec2.VpcEndpoint(name, {
    vpcId: network.created.id,
    serviceName: $interpolate`com.amazonaws.${aws.getRegionOutput().region}.${service}`,
    vpcEndpointType: "Interface",
    privateDnsEnabled: true,
    // The other zone's functions reach it as well; what fails with its zone is what a stage with one endpoint may lose.
    subnetIds: network.created.privateSubnets.apply((subnets) => subnets.slice(0, network.endpointZones)),
    securityGroupIds: network.created.securityGroups,
    policy: $jsonStringify({
      Version: "2012-10-17",
      Statement: [{ Effect: "Allow", Principal: "*", Action: statement.actions, Resource: statement.resources }],
    }),
    tags: { Name: `${$app.name}-${$app.stage}-${name}` },
  });
}
