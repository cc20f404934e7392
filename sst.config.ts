/// <reference path="./.sst/platform/config.d.ts" />

/**
 * Medical appointments for Peru and Chile: the whole system, as one graph.
 *
 *   Api → appointment → Appointments (pending) → Requested → SQS_PE / SQS_CL → appointmentPe / appointmentCl
 *       → DatabasePe / DatabaseCl → Bus → SQS_CONFIRMATION → confirmation → Appointments (completed | rejected | cancelled)
 *
 * Links name things; every right a function has stands in its `permissions`.
 */
export default $config({
  async app(input) {
    const { homeOf, providersOf } = await import("./packages/infra/src/home.ts");
    const { isProtected } = await import("./packages/infra/src/stage.ts");
    const { stage } = input;
    const keep = isProtected(stage);
    return {
      name: "appointments",
      home: "aws",
      providers: providersOf(homeOf(stage, keep)),
      removal: keep ? "retain" : "remove",
      protect: keep,
    };
  },

  async run() {
    const { consumerName, countries, databaseName, eventSource, queueName } = await import(
      "./packages/core/src/country/country.ts"
    );
    const { documentOperations, operations, scopes } = await import("./packages/functions/src/api/operation.ts");
    const { outcomeTypes } = await import("./packages/core/src/appointment/event.ts");
    const { logRoutesOnly } = await import("./packages/infra/src/access-log.ts");
    const { alarms } = await import("./packages/infra/src/alarm.ts");
    const { corsOf } = await import("./packages/infra/src/cors.ts");
    const { cursorSecret } = await import("./packages/infra/src/cursor.ts");
    const { allow, narrowLinks, stageDefaults } = await import("./packages/infra/src/defaults.ts");
    const { archive, busToQueue, refusePlainText, topicToQueue } = await import("./packages/infra/src/delivery.ts");
    const { consume, queueWithDlq } = await import("./packages/infra/src/queue.ts");
    const { countryDatabases } = await import("./packages/infra/src/database.ts");
    const { tokenIssuer } = await import("./packages/infra/src/issuer.ts");
    const { countryNetwork, openWayOut } = await import("./packages/infra/src/network.ts");
    const { lookupRows } = await import("./packages/infra/src/lookup.ts");
    const { eraseRows } = await import("./packages/infra/src/erase.ts");
    const { migrateDatabase } = await import("./packages/infra/src/migration.ts");
    const { encryptAtRest } = await import("./packages/infra/src/key.ts");
    const { placeOf } = await import("./packages/infra/src/given.ts");
    const { keepOrigins } = await import("./packages/infra/src/origin.ts");
    const { routeLimits } = await import("./packages/infra/src/throttle.ts");
    const { refuseDev, stageSettings } = await import("./packages/infra/src/stage.ts");

    const stage = stageSettings($app.stage);
    refuseDev(stage);
    const place = placeOf(stage);
    const network = countryNetwork(stage, place);
    await keepOrigins(place, network.own !== undefined);
    stageDefaults(stage);
    narrowLinks();
    encryptAtRest(stage);
    const watch = alarms(stage);

    const appointments = new sst.aws.Dynamo("Appointments", {
      fields: { pk: "string", sk: "string", pendingShard: "string", retryAt: "string" },
      primaryIndex: { hashKey: "pk", rangeKey: "sk" },
      // Sparse: only an appointment that waits for its country has a shard, so no other is in the index.
      globalIndexes: { pending: { hashKey: "pendingShard", rangeKey: "retryAt", projection: "all" } },
      ttl: "expiresAt",
      deletionProtection: stage.production,
    });
    watch.table("Appointments", appointments, { indexes: ["pending"] });
    const requested = new sst.aws.SnsTopic("Requested");
    refusePlainText("Requested", requested);
    const bus = new sst.aws.Bus("Bus");
    archive("BusArchive", bus, stage);

    // Who reads an event is deployed before who publishes it, so the flow stands here from its end.

    // 1. Outcomes come back and settle the appointments.
    const timeoutSeconds = 30;
    const confirmations = queueWithDlq("SQS_CONFIRMATION", {
      consumerTimeoutSeconds: timeoutSeconds,
      maxReceiveCount: 10,
    });
    busToQueue("Decided", bus, confirmations, {
      source: Object.values(countries).map((country) => eventSource(country.code)),
      "detail-type": outcomeTypes,
    });
    const confirmation = consume("confirmation", confirmations, {
      handler: "packages/functions/src/confirmation.handler",
      description: "Writes what was decided to the appointments",
      timeoutSeconds,
      batch: { size: 10, windowSeconds: 0 },
      maximumConcurrency: stage.consumerConcurrency,
      link: [appointments],
      permissions: [allow(appointments.arn, "dynamodb:GetItem", "dynamodb:UpdateItem")],
    });
    watch.queue(confirmations);
    watch.fn("confirmation", confirmation, timeoutSeconds);
    const outcomeReaders = [confirmation.nodes.function];

    // 2. Each country decides on its own, in its own database, and publishes the outcome.
    const databaseOf = countryDatabases(stage, place, network);
    const deciders: $util.Output<aws.lambda.Function>[] = [];
    const countryDlqs: sst.aws.Queue[] = [];
    const countryQueues: sst.aws.Queue[] = [];
    for (const country of Object.values(countries)) {
      const timeoutSeconds = 30;
      const source = queueWithDlq(queueName(country.code), {
        consumerTimeoutSeconds: timeoutSeconds,
        maxReceiveCount: 10,
      });
      topicToQueue(`Requested${country.suffix}`, requested, source, { countryISO: [country.code] });

      const database = databaseOf(country);
      const migrated = migrateDatabase(country, database);
      lookupRows(country, database);
      const eraser = eraseRows(country, database);
      if (eraser) watch.daily(`Retention${country.suffix}`, eraser);
      const consumer = consume(
        consumerName(country.code),
        source,
        {
          handler: "packages/functions/src/appointmentCountry.handler",
          description: `Decides on the appointments of ${country.name}`,
          timeoutSeconds,
          batch: { size: 100, windowSeconds: 1 },
          maximumConcurrency: stage.consumerConcurrency,
          link: [database.link, bus],
          environment: { COUNTRY: country.code },
          vpc: database.vpc,
          permissions: [allow(bus.arn, "events:PutEvents")],
        },
        { dependsOn: [...migrated, ...outcomeReaders] },
      );
      watch.queue(source);
      watch.fn(consumerName(country.code), consumer, timeoutSeconds);
      watch.database(databaseName(country.code), database.mysql);
      deciders.push(consumer.nodes.function);
      countryQueues.push(source.queue);
      countryDlqs.push(source.dlq);
    }
    openWayOut(network, "WayToBus", "events", { actions: ["events:PutEvents"], resources: [bus.arn] });
    openWayOut(network, "WayToQueues", "sqs", {
      actions: ["sqs:SendMessage", "sqs:ChangeMessageVisibility"],
      resources: [...countryQueues, ...countryDlqs].map((queue) => queue.arn),
    });

    // 3. The API saves each request (a booking, a cancel, a reschedule) and publishes it to the countries.
    // A read may wait for 20 seconds, and needs some more at its end. API Gateway waits for 30.
    const apiTimeoutSeconds = 29;
    const appointment = new sst.aws.Function(
      "appointment",
      {
        handler: "packages/functions/src/appointment.handler",
        description: "Appointments API",
        timeout: `${apiTimeoutSeconds} seconds`,
        link: [appointments, requested, cursorSecret(stage)],
        environment: {
          CALLER_PER_SECOND: String(stage.callerLimit.perSecond),
          CALLER_BURST: String(stage.callerLimit.burst),
        },
        permissions: [
          allow(appointments.arn, "dynamodb:GetItem", "dynamodb:PutItem", "dynamodb:Query", "dynamodb:UpdateItem"),
          allow(requested.arn, "sns:Publish"),
        ],
      },
      { dependsOn: deciders },
    );
    // What anybody may read of it has a function of its own, with no right to anything.
    const documents = new sst.aws.Function("documents", {
      handler: "packages/functions/src/documents.handler",
      description: "The API's OpenAPI document, and the page that shows it",
      timeout: "10 seconds",
      copyFiles: [
        { from: "docs/openapi.json", to: "documents/openapi.json" },
        ...["swagger-ui-bundle.js", "swagger-ui.css"].map((file) => ({
          from: `packages/functions/node_modules/swagger-ui-dist/${file}`,
          to: `documents/${file}`,
        })),
      ],
    });
    // Who may call it: everybody for the operations without a scope, else whoever has a token of this issuer with that scope.
    const issuer = tokenIssuer(stage, place);
    const limits = routeLimits();
    const api = new sst.aws.ApiGatewayV2("Api", {
      accessLog: { retention: stage.logRetention },
      cors: corsOf(place),
      transform: {
        stage: (args) => {
          limits.apply(args);
          logRoutesOnly(args);
        },
      },
    });
    const authorizer = api.addAuthorizer({ name: "Tokens", jwt: { issuer: issuer.url, audiences: issuer.audiences } });
    for (const [name, { method, path, ...needs }] of Object.entries(operations)) {
      const fn = documentOperations.includes(name) ? documents : appointment;
      const scope = "scope" in needs ? needs.scope : undefined;
      const jwt = { authorizer: authorizer.id, scopes: [scope ?? "", scopes.admin] };
      limits.add(api.route(`${method} ${path}`, fn.arn, { name, auth: scope ? { jwt } : false }), scope);
    }
    limits.done();
    watch.api("Api", api);
    watch.fn("appointment", appointment, apiTimeoutSeconds);
    watch.errors("documents", documents);
    if (issuer.pool) watch.fn("tokenClaims", issuer.pool.tokenClaims, issuer.pool.timeoutSeconds);

    // 4. Requests without an outcome are published again.
    const reconcile = new sst.aws.Function(
      "reconcile",
      {
        handler: "packages/functions/src/reconcile.handler",
        description: "Publishes again what stays undecided",
        timeout: "50 seconds",
        link: [appointments, requested],
        permissions: [
          allow($interpolate`${appointments.arn}/index/pending`, "dynamodb:Query"),
          allow(appointments.arn, "dynamodb:UpdateItem"),
          allow(requested.arn, "sns:Publish"),
        ],
      },
      { dependsOn: deciders },
    );
    new sst.aws.CronV2("EveryMinute", { schedule: "rate(1 minute)", function: reconcile.arn });
    watch.fn("reconcile", reconcile, 50);
    watch.reconciler(reconcile);

    if ($dev) new sst.x.DevCommand("Databases", { dev: { command: "npm run db:dev", autostart: true } });

    return { api: api.url, issuer: issuer.url, signIn: issuer.pool?.signIn };
  },
});
