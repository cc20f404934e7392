import { at, each, ofType, type Rule, text } from "./rule.ts";

const instance = "aws:rds/instance:Instance";
const createInstance = "https://docs.aws.amazon.com/AmazonRDS/latest/APIReference/API_CreateDBInstance.html";
const deleteInstance = "https://docs.aws.amazon.com/AmazonRDS/latest/APIReference/API_DeleteDBInstance.html";
const versions = "https://docs.aws.amazon.com/AmazonRDS/latest/UserGuide/MySQL.Concepts.VersionMgmt.html";

export const rdsRules: Rule[] = [
  each(
    instance,
    {
      name: "rds.final-snapshot",
      says: "An instance that takes a final snapshot says how it is named.",
      page: deleteInstance,
    },
    ({ inputs }) =>
      inputs.skipFinalSnapshot === true || text(inputs.finalSnapshotIdentifier)
        ? undefined
        : "skipFinalSnapshot is off and finalSnapshotIdentifier missing: the instance could not be removed. Name the snapshot.",
  ),
  each(
    instance,
    {
      name: "rds.password",
      says: 'A MySQL password has 8 to 41 printable characters, without / " @ and spaces.',
      page: createInstance,
    },
    ({ inputs }) => {
      const password = text(inputs.password);
      if (password === undefined || /^(?!.*[/"@ ])[\x21-\x7e]{8,41}$/.test(password)) return undefined;
      return 'The password (not shown) is not 8 to 41 printable characters without / " @ and spaces. Take another.';
    },
  ),
  each(
    instance,
    {
      name: "rds.version",
      says: "The MySQL version is one that RDS still supports at the standard price.",
      page: versions,
    },
    ({ inputs }) => {
      if (inputs.engine !== "mysql") return undefined;
      const version = text(inputs.engineVersion) ?? "";
      return /^8\.4(\.|$)/.test(version)
        ? undefined
        : `engineVersion is ${version || "not given"}; 8.4 is supported. Ask for 8.4.`;
    },
  ),
  each(
    instance,
    {
      name: "rds.family",
      says: "An instance's parameter group is of its engine's family.",
      page: "https://docs.aws.amazon.com/AmazonRDS/latest/UserGuide/parameter-groups-overview.html",
    },
    (resource, graph) => {
      const group = ofType(graph, "aws:rds/parameterGroup:ParameterGroup").find(
        ({ inputs }) => inputs.name === at(resource, "parameterGroupName"),
      );
      const [major, minor] = String(resource.inputs.engineVersion).split(".");
      const family = `${resource.inputs.engine}${major}.${minor}`;
      return !group || group.inputs.family === family
        ? undefined
        : `${group.name} is for ${group.inputs.family}, the instance for ${family}. Make them agree.`;
    },
  ),
  each(
    "aws:rds/subnetGroup:SubnetGroup",
    {
      name: "rds.subnet-group",
      says: "A database's subnets are in at least two zones.",
      page: "https://docs.aws.amazon.com/AmazonRDS/latest/UserGuide/USER_VPC.WorkingWithRDSInstanceinaVPC.html",
    },
    ({ inputs }, graph) => {
      const own = ofType(graph, "aws:ec2/subnet:Subnet").filter(({ outputs }) =>
        (inputs.subnetIds as unknown[] | undefined)?.includes(outputs.id),
      );
      if (own.length === 0 && (inputs.subnetIds as unknown[] | undefined)?.length) return undefined; // given ones
      const zones = new Set(own.map((subnet) => subnet.inputs.availabilityZone));
      return zones.size >= 2 ? undefined : `Its subnets are in ${zones.size} zone. RDS wants two.`;
    },
  ),
  each(
    instance,
    {
      name: "rds.storage-maximum",
      says: "Storage may grow to what there is from the start, or to more.",
      page: "https://docs.aws.amazon.com/AmazonRDS/latest/UserGuide/USER_PIOPS.Autoscaling.html",
    },
    ({ inputs: { allocatedStorage, maxAllocatedStorage } }) =>
      maxAllocatedStorage === undefined || Number(maxAllocatedStorage) >= Number(allocatedStorage)
        ? undefined
        : `maxAllocatedStorage is ${maxAllocatedStorage}, below allocatedStorage ${allocatedStorage}. Raise it.`,
  ),
];
