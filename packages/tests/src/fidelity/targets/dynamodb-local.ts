import { join } from "node:path";
import { installMaven, type Say } from "./install.ts";
import type { TargetProgram } from "./program.ts";
import { startProgram } from "./program.ts";

const version = "3.3.1";

/**
 * Amazon's DynamoDB Local, in memory, for the table alone; everything else stays embedded. Amazon's own licence: it is
 * fetched from Maven Central to be run here, and is no part of this project.
 * Source: https://docs.aws.amazon.com/amazondynamodb/latest/developerguide/DynamoDBLocal.html
 */
export async function startDynamodbLocal(say: Say): Promise<TargetProgram> {
  const artifact = { groupId: "software.amazon.dynamodb", artifactId: "DynamoDBLocal", version };
  const dir = await installMaven(`dynamodb-local-${version}`, [artifact], say);
  const lib = join(dir, "lib");
  const program = await startProgram(({ port }) => ({
    command: "java",
    args: [
      "-Xmx512m",
      `-Djava.library.path=${lib}`,
      ...["-cp", join(lib, "*"), "software.amazon.dynamodb.services.local.main.ServerRunner"],
      ...["-inMemory", "-sharedDb", "-disableTelemetry", "-port", String(port)],
    ],
  }));
  return { ...program, version: `DynamoDB Local ${version}`, given: { dynamodb: program.url } };
}
