import { rules } from "./lint.ts";

/** Every rule as a table, in Markdown. */
export function rulesPage(): string {
  const groups = Map.groupBy(rules, ({ name }) => name.slice(0, name.indexOf(".")));
  return [
    "<!-- Made from packages/graph/src/rule by `npm run graph -- --write`. Do not edit. -->",
    "",
    "# Rules of a deployment",
    "",
    `\`npm run graph -- --lint\` checks every resource of every kind of stage against these ${rules.length} rules, without an account. A finding is`,
    "something for which `sst deploy` would fail, or which would be deployed and then not work.",
    ...[...groups].flatMap(([group, all]) => [
      "",
      `## ${group}`,
      "",
      "| rule | says | source |",
      "| --- | --- | --- |",
      ...all.map(
        ({ name, says, page }) => `| \`${name}\` | ${says.replaceAll("|", "\\|")} | [${sourceOf(page)}](${page}) |`,
      ),
    ]),
    "",
  ].join("\n");
}

function sourceOf(page: string): string {
  return (
    page
      .replace(/\/$/, "")
      .split("/")
      .at(-1)
      ?.replace(/\.html$/, "") ?? page
  );
}
