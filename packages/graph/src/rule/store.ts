import type { GraphResource } from "../graph.ts";
import { at, aws, list, ofType, text } from "../resource.ts";
import { each, type Rule } from "./rule.ts";

interface Index {
  name?: string;
  hashKey?: string;
  rangeKey?: string;
}

export const storeRules: Rule[] = [
  each(aws.instance, {
    name: "rds.final-snapshot",
    says: "An instance that takes a final snapshot says how it is named.",
    page: "https://docs.aws.amazon.com/AmazonRDS/latest/APIReference/API_DeleteDBInstance.html",
    fault: ({ inputs }) =>
      inputs.skipFinalSnapshot !== true &&
      !text(inputs.finalSnapshotIdentifier) &&
      "skipFinalSnapshot is off and finalSnapshotIdentifier missing: the instance could not be removed. Name the snapshot.",
  }),
  each(aws.instance, {
    name: "rds.password",
    says: 'A MySQL password has 8 to 41 printable characters, without / " @ and spaces.',
    page: "https://docs.aws.amazon.com/AmazonRDS/latest/APIReference/API_CreateDBInstance.html",
    fault({ inputs }) {
      const password = text(inputs.password);
      if (password === undefined || /^(?!.*[/"@ ])[\x21-\x7e]{8,41}$/.test(password)) return undefined;
      return 'The password (not shown) is not 8 to 41 printable characters without / " @ and spaces. Take another.';
    },
  }),
  each(aws.instance, {
    name: "rds.version",
    says: "The MySQL version is one that RDS still supports at the standard price.",
    page: "https://docs.aws.amazon.com/AmazonRDS/latest/UserGuide/MySQL.Concepts.VersionMgmt.html",
    fault({ inputs }) {
      if (inputs.engine !== "mysql") return undefined;
      const version = text(inputs.engineVersion) ?? "";
      if (/^8\.4(\.|$)/.test(version)) return undefined;
      return `engineVersion is ${version || "not given"}; 8.4 is supported. Ask for 8.4.`;
    },
  }),
  each(aws.instance, {
    name: "rds.family",
    says: "An instance's parameter group is of its engine's family.",
    page: "https://docs.aws.amazon.com/AmazonRDS/latest/UserGuide/parameter-groups-overview.html",
    fault(resource, graph) {
      const group = ofType(graph, aws.parameterGroup).find(
        ({ inputs }) => inputs.name === at(resource, "parameterGroupName"),
      );
      const [major, minor] = String(resource.inputs.engineVersion).split(".");
      const family = `${resource.inputs.engine}${major}.${minor}`;
      if (!group || group.inputs.family === family) return undefined;
      return `${group.name} is for ${group.inputs.family}, the instance for ${family}. Make them agree.`;
    },
  }),
  each(aws.subnetGroup, {
    name: "rds.subnet-group",
    says: "A database's subnets are in at least two zones.",
    page: "https://docs.aws.amazon.com/AmazonRDS/latest/UserGuide/USER_VPC.WorkingWithRDSInstanceinaVPC.html",
    fault({ inputs }, graph) {
      const ids = list(inputs.subnetIds);
      const own = ofType(graph, aws.subnet).filter(({ outputs }) => ids.includes(outputs.id));
      if (own.length === 0 && ids.length > 0) return undefined; // given ones
      const zones = new Set(own.map((subnet) => subnet.inputs.availabilityZone));
      return zones.size < 2 && `Its subnets are in ${zones.size} zone. RDS wants two.`;
    },
  }),
  each(aws.instance, {
    name: "rds.storage-maximum",
    says: "Storage may grow to what there is from the start, or to more.",
    page: "https://docs.aws.amazon.com/AmazonRDS/latest/UserGuide/USER_PIOPS.Autoscaling.html",
    fault: ({ inputs: { allocatedStorage, maxAllocatedStorage } }) =>
      maxAllocatedStorage === undefined || Number(maxAllocatedStorage) >= Number(allocatedStorage)
        ? undefined
        : `maxAllocatedStorage is ${maxAllocatedStorage}, below allocatedStorage ${allocatedStorage}. Raise it.`,
  }),
  each(aws.table, {
    name: "dynamodb.attributes",
    says: "A table declares exactly the attributes that are keys of it or of its indexes.",
    page: "https://docs.aws.amazon.com/amazondynamodb/latest/APIReference/API_CreateTable.html",
    fault(resource) {
      const declared = new Set(list<{ name: string }>(resource.inputs.attributes).map(({ name }) => name));
      const keys = new Set(
        [resource.inputs as Index, ...indexes(resource)].flatMap(({ hashKey, rangeKey }) => [hashKey, rangeKey]),
      );
      keys.delete(undefined);
      const missing = [...keys].filter((key) => !declared.has(key as string));
      if (missing.length > 0) return `${missing.join(", ")} is a key and no attribute. Declare it.`;
      const spare = [...declared].filter((name) => !keys.has(name));
      return spare.length !== 0 && `${spare.join(", ")} is declared and no key. Remove it: only keys are declared.`;
    },
  }),
  each(aws.table, {
    name: "dynamodb.index-name",
    says: "An index has a name of 3 to 255 letters, digits, hyphens, underscores and dots, its own in the table.",
    page: "https://docs.aws.amazon.com/amazondynamodb/latest/developerguide/HowItWorks.NamingRulesDataTypes.html",
    fault(resource) {
      const names = indexes(resource).map(({ name = "" }) => name);
      const wrong = names.find((name) => !/^[a-zA-Z0-9-_.]{3,255}$/.test(name));
      if (wrong !== undefined)
        return `Index ${JSON.stringify(wrong)} cannot be named so. Take 3 to 255 letters, digits and -_.`;
      return new Set(names).size !== names.length && "Two indexes have one name. Name one of them differently.";
    },
  }),
  each(aws.table, {
    name: "dynamodb.indexes",
    says: "A table has at most 20 global and 5 local indexes.",
    page: "https://docs.aws.amazon.com/amazondynamodb/latest/developerguide/ServiceQuotas.html",
    fault({ inputs }) {
      const [global, local] = [list(inputs.globalSecondaryIndexes).length, list(inputs.localSecondaryIndexes).length];
      if (global <= 20 && local <= 5) return undefined;
      return `It has ${global} global indexes of 20 and ${local} local ones of 5.`;
    },
  }),
  each(aws.table, {
    name: "dynamodb.ttl",
    says: "The attribute that says when an item expires is no key's.",
    page: "https://docs.aws.amazon.com/amazondynamodb/latest/developerguide/time-to-live-ttl-how-to.html",
    fault(resource) {
      const ttl = resource.inputs.ttl as { enabled?: boolean; attributeName?: string } | undefined;
      if (!ttl?.enabled) return undefined;
      if (!ttl.attributeName) return "ttl is on and names no attribute. Give attributeName.";
      if (![resource.inputs.hashKey, resource.inputs.rangeKey].includes(ttl.attributeName)) return undefined;
      return `ttl names ${ttl.attributeName}, a key. Give an attribute of its own.`;
    },
  }),
];

function indexes({ inputs }: GraphResource): Index[] {
  return [...list<Index>(inputs.globalSecondaryIndexes), ...list<Index>(inputs.localSecondaryIndexes)];
}
