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
  app(input) {
    const production = input?.stage === "production";
    return {
      name: "appointments",
      home: "aws",
      removal: production ? "retain" : "remove",
      protect: production,
    };
  },

  async run() {
    const { consumerName, countries, databaseName, eventSource, queueName } = await import(
      "./packages/core/src/country/country.ts"
    );
    const { outcomeTypes } = await import("./packages/core/src/appointment/event.ts");
    const { alarms } = await import("./packages/infra/src/alarm.ts");
    const { allow, functionDefaults, narrowLinks } = await import("./packages/infra/src/defaults.ts");
    const { archive, busToQueue, topicToQueue } = await import("./packages/infra/src/delivery.ts");
    const { consume, queueWithDlq } = await import("./packages/infra/src/queue.ts");
    const { countryDatabase } = await import("./packages/infra/src/database.ts");
    const { countryNetwork, openWayOut } = await import("./packages/infra/src/network.ts");
    const { migrateDatabase } = await import("./packages/infra/src/migration.ts");
    const { stageSettings } = await import("./packages/infra/src/stage.ts");

    const stage = stageSettings($app.stage);
    functionDefaults(stage);
    narrowLinks();
    const watch = alarms(stage);

    const appointments = new sst.aws.Dynamo("Appointments", {
      fields: { pk: "string", sk: "string", pendingShard: "string", retryAt: "string" },
      primaryIndex: { hashKey: "pk", rangeKey: "sk" },
      // Sparse: only an appointment that waits for its country has a shard, so no other is in the index.
      globalIndexes: { pending: { hashKey: "pendingShard", rangeKey: "retryAt", projection: "all" } },
      ttl: "expiresAt",
      deletionProtection: stage.production,
    });
    const requested = new sst.aws.SnsTopic("Requested");
    const bus = new sst.aws.Bus("Bus");
    archive("BusArchive", bus, stage);

    // 1. The API saves each request (a booking, a cancel, a reschedule) and publishes it to the countries.
    const appointment = new sst.aws.Function("appointment", {
      handler: "packages/functions/src/appointment.handler",
      description: "Appointments API",
      timeout: "10 seconds",
      link: [appointments, requested],
      permissions: [
        allow(appointments.arn, "dynamodb:GetItem", "dynamodb:PutItem", "dynamodb:Query", "dynamodb:UpdateItem"),
        allow(requested.arn, "sns:Publish"),
      ],
    });
    const api = new sst.aws.ApiGatewayV2("Api", {
      accessLog: { retention: stage.logRetention },
      cors: {
        allowOrigins: ["*"],
        allowMethods: ["GET", "POST"],
        allowHeaders: ["content-type", "idempotency-key", "if-match", "if-none-match", "traceparent"],
        exposeHeaders: ["etag", "location", "retry-after", "x-request-id"],
        maxAge: "1 day",
      },
      transform: {
        stage: (args) => {
          args.defaultRouteSettings = { throttlingRateLimit: 500, throttlingBurstLimit: 1000 };
        },
      },
    });
    api.route("$default", appointment.arn);
    watch.api("Api", api);
    watch.fn("appointment", appointment, 10);

    // 2. Each country decides on its own, in its own database, and publishes the outcome.
    const network = countryNetwork();
    const countryDlqs: sst.aws.Queue[] = [];
    const countryQueues: sst.aws.Queue[] = [];
    for (const country of Object.values(countries)) {
      const timeoutSeconds = 30;
      const source = queueWithDlq(queueName(country.code), {
        consumerTimeoutSeconds: timeoutSeconds,
        maxReceiveCount: 10,
      });
      topicToQueue(`Requested${country.suffix}`, requested, source, { countryISO: [country.code] });

      const database = countryDatabase(country, stage, network);
      const migrated = migrateDatabase(country, database);
      const consumer = consume(
        consumerName(country.code),
        source,
        {
          handler: "packages/functions/src/appointmentCountry.handler",
          description: `Decides on the appointments of ${country.name}`,
          timeoutSeconds,
          batch: { size: 100, windowSeconds: 1 },
          maximumConcurrency: 10,
          link: [database.link, bus],
          environment: { COUNTRY: country.code },
          vpc: database.vpc,
          permissions: [allow(bus.arn, "events:PutEvents")],
        },
        { dependsOn: migrated },
      );
      watch.queue(source);
      watch.fn(consumerName(country.code), consumer, timeoutSeconds);
      watch.database(databaseName(country.code), database.mysql);
      countryQueues.push(source.queue);
      countryDlqs.push(source.dlq);
    }
    openWayOut(network, "WayToBus", "events", { actions: ["events:PutEvents"], resources: [bus.arn] });
    openWayOut(network, "WayToQueues", "sqs", {
      actions: ["sqs:SendMessage", "sqs:ChangeMessageVisibility"],
      resources: [...countryQueues, ...countryDlqs].map((queue) => queue.arn),
    });

    // 3. Outcomes come back and settle the appointments.
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
      maximumConcurrency: 10,
      link: [appointments],
      permissions: [allow(appointments.arn, "dynamodb:GetItem", "dynamodb:UpdateItem")],
    });
    watch.queue(confirmations);
    watch.fn("confirmation", confirmation, timeoutSeconds);

    // 4. Requests without an outcome are published again.
    const reconcile = new sst.aws.Function("reconcile", {
      handler: "packages/functions/src/reconcile.handler",
      description: "Publishes again what stays undecided",
      timeout: "50 seconds",
      link: [appointments, requested],
      permissions: [
        allow($interpolate`${appointments.arn}/index/pending`, "dynamodb:Query"),
        allow(appointments.arn, "dynamodb:UpdateItem"),
        allow(requested.arn, "sns:Publish"),
      ],
    });
    new sst.aws.CronV2("EveryMinute", { schedule: "rate(1 minute)", function: reconcile.arn });
    watch.fn("reconcile", reconcile, 50);
    watch.waiting(reconcile);

    if ($dev) new sst.x.DevCommand("Databases", { dev: { command: "npm run db:dev", autostart: true } });

    return { api: api.url };
  },
});
