import { finding, type Rule } from "./rule.ts";

export const orderRules: Rule[] = [
  {
    name: "graph.cycle",
    says: "No resource waits for itself, through others: a deployment with such a cycle never begins.",
    page: "https://www.pulumi.com/docs/iac/concepts/resources/options/dependson/",
    check: (graph) => {
      const byUrn = new Map(graph.resources.map((resource) => [resource.urn, resource]));
      const state = new Map<string, "open" | "done">();
      const path: string[] = [];
      const cycles: string[][] = [];
      const visit = (urn: string) => {
        if (state.get(urn) === "done" || !byUrn.has(urn)) return;
        if (state.get(urn) === "open") {
          cycles.push(path.slice(path.indexOf(urn)));
          return;
        }
        state.set(urn, "open");
        path.push(urn);
        for (const next of byUrn.get(urn)?.options.dependsOn ?? []) visit(next);
        path.pop();
        state.set(urn, "done");
      };
      for (const urn of byUrn.keys()) visit(urn);
      return cycles.flatMap((cycle) => {
        const first = byUrn.get(cycle[0] ?? "");
        const names = [...cycle, cycle[0] ?? ""].map((urn) => byUrn.get(urn)?.name);
        return first ? [finding(first, `It waits for itself: ${names.join(" → ")}. Break it at one of them.`)] : [];
      });
    },
  },
  {
    name: "graph.dangling",
    says: "What a resource waits for is there.",
    page: "https://www.pulumi.com/docs/iac/concepts/resources/options/dependson/",
    check: (graph) => {
      const urns = new Set(graph.resources.map(({ urn }) => urn));
      return graph.resources.flatMap((resource) =>
        (resource.options.dependsOn ?? [])
          // Providers and the stack are none of the app's resources.
          .filter((urn) => !urns.has(urn) && !/::pulumi:(providers:|pulumi:Stack)/.test(urn))
          .map((urn) => finding(resource, `It waits for ${urn}, which is not there.`)),
      );
    },
  },
];
