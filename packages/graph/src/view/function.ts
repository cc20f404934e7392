import type { BuildInput } from "../evaluate/rpc.ts";
import type { GraphFunction, GraphResource, PolicyStatement } from "../graph.ts";
import { parsePolicy } from "../policy.ts";
import { at, aws, record, records, strings } from "../resource.ts";
import { componentName, number, optionalText, type Resources, text, viewsOf } from "./resources.ts";

/**
 * Functions as they will run. Under `sst dev` the deployed function is a stub that forwards to the developer's machine;
 * handler, runtime and architecture are then those of the real function.
 *
 * @param builds what SST was asked to build, by function
 */
export function functions(resources: Resources, builds: Record<string, BuildInput>): GraphFunction[] {
  return viewsOf(resources, aws.function, (fn) => {
    const name = componentName(fn, "sst:aws:Function");
    const build = builds[name];
    const { architecture, ...nodejs } = build?.properties ?? {};
    const reserved = fn.inputs.reservedConcurrentExecutions;
    const vpc = record(fn.inputs.vpcConfig);
    const role = roleOf(resources, fn);
    return {
      name,
      functionName: text(fn, "name"),
      arn: text(fn, "arn"),
      handler: build?.handler ?? text(fn, "handler"),
      runtime: build?.runtime ?? text(fn, "runtime"),
      architectures: typeof architecture === "string" ? [architecture] : strings(fn.inputs.architectures),
      memoryMb: number(fn, "memorySize", 128),
      timeoutSeconds: number(fn, "timeout", 3),
      environment: environmentOf(fn),
      links: Object.keys(build?.links ?? {}).sort(),
      statements: role ? statementsOf(resources, role) : [],
      managedPolicies: role ? managedPoliciesOf(resources, role) : [],
      ...(typeof reserved === "number" && reserved >= 0 ? { reservedConcurrency: reserved } : {}),
      ...(fn.inputs.vpcConfig
        ? { vpc: { subnetIds: strings(vpc.subnetIds), securityGroupIds: strings(vpc.securityGroupIds) } }
        : {}),
      build: {
        nodejs,
        copyFiles: (build?.copyFiles ?? []).map(({ from, to }) => ({ from, to })),
        ...(build?.bundle ? { bundle: build.bundle } : {}),
      },
    };
  });
}

/**
 * The ARN of the function that is meant by an ARN, with or without a version, by an invoke ARN of API Gateway, or by a
 * name.
 *
 * @throws Error when it is none of the app's functions
 */
export function functionArn(resources: Resources, reference: unknown): string {
  const [, arn = String(reference)] = /functions\/(arn:.+)\/invocations$/.exec(String(reference)) ?? [];
  const found = resources
    .of(aws.function)
    .find((fn) => arn === text(fn, "arn") || arn.startsWith(`${text(fn, "arn")}:`) || arn === text(fn, "name"));
  if (!found) throw new Error(`${String(reference)} is no function of this app.`);
  return text(found, "arn");
}

/** With the key that opens the links' values, which SST ships encrypted beside the code. */
function environmentOf(fn: GraphResource): Record<string, string> {
  const variables = Object.entries(record(at(fn, "environment.variables")));
  return Object.fromEntries(variables.map(([name, value]) => [name, String(value)]));
}

function roleOf(resources: Resources, fn: GraphResource): GraphResource | undefined {
  return resources.of(aws.role).find((role) => role.outputs.arn === fn.inputs.role);
}

function statementsOf(resources: Resources, role: GraphResource): PolicyStatement[] {
  const inline = records(role.inputs.inlinePolicies).map(({ policy }) => policy);
  const attached = attachedTo(resources, role, aws.rolePolicy).map(({ inputs }) => inputs.policy);
  return [...inline, ...attached].flatMap(parsePolicy);
}

function managedPoliciesOf(resources: Resources, role: GraphResource): string[] {
  const attached = attachedTo(resources, role, aws.rolePolicyAttachment);
  return [
    ...strings(role.inputs.managedPolicyArns),
    ...attached.flatMap(({ inputs }) => optionalText(inputs, "policyArn") ?? []),
  ];
}

function attachedTo(resources: Resources, role: GraphResource, type: string): GraphResource[] {
  return resources.of(type).filter(({ inputs }) => inputs.role === text(role, "name"));
}
