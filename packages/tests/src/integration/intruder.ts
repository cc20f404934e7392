/**
 * Another program on this machine, which knows ports and nothing else. Tries each port of its arguments in the ways of an
 * SDK, of a browser and of somebody who has read this repository; prints for each port the statuses that it got, 0 where
 * nobody speaks HTTP.
 */
const scope = (key: string, service: string) =>
  `AWS4-HMAC-SHA256 Credential=${key}/20261124/us-east-1/${service}/aws4_request, SignedHeaders=host, Signature=${"0".repeat(64)}`;

function attempts(base: string): Request[] {
  const keys = ["", "local", "test", "000000000000", "LOCALOPERATOR0000000"];
  const json = (target: string, authorization: Record<string, string>) =>
    new Request(base, {
      method: "POST",
      headers: { "content-type": "application/x-amz-json-1.0", "x-amz-target": target, ...authorization },
      body: "{}",
    });
  const form = new URLSearchParams({ Action: "ListTopics", Version: "2010-03-31" });
  return [
    ...keys.flatMap((key) => [
      json("AmazonSQS.ListQueues", { authorization: scope(key, "sqs") }),
      json("DynamoDB_20120810.ListTables", { authorization: scope(key, "dynamodb") }),
      new Request(base, { method: "POST", headers: { authorization: scope(key, "sns") }, body: form }),
    ]),
    json("AmazonSQS.ListQueues", {}),
    json("DynamoDB_20120810.ListTables", {}),
    new Request(`${base}/?${form}`),
    new Request(base),
    new Request(`${base}/000000000000/SQS_PE`),
  ];
}

const found: Record<string, number[]> = {};
for (const port of process.argv.slice(2)) {
  const statuses = attempts(`http://127.0.0.1:${port}`).map((request) =>
    fetch(request, { signal: AbortSignal.timeout(10_000) }).then(
      (response) => response.status,
      () => 0,
    ),
  );
  found[port] = await Promise.all(statuses);
}
console.log(JSON.stringify(found));
