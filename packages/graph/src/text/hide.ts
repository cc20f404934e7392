import type { Graph } from "../graph.ts";

/**
 * A graph that may be shown: passwords, generated ones and those of URLs that were given, are not in it.
 *
 * The generated ones are placeholders of this evaluation, but look like secrets to every scanner and reader.
 */
export function withoutPasswords(graph: Graph): Graph {
  const generated = graph.resources.flatMap(({ type, outputs }) =>
    type === "random:index/randomPassword:RandomPassword" && typeof outputs.result === "string" ? [outputs.result] : [],
  );
  let json = JSON.stringify(graph);
  for (const password of generated) json = json.replaceAll(password, "(hidden)");
  return JSON.parse(json.replaceAll(/(\w+:\/\/[^:@/"\s\\]*):[^@/"\s\\]+@/g, "$1:(hidden)@")) as Graph; // what it was, but for texts
}
