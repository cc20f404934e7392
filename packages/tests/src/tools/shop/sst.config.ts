/// <reference path="../../../../../.sst/platform/config.d.ts" />

/** A second, tiny app for the tools: orders come in over HTTP, wait in a queue and end in a table. */
export default $config({
  app: () => ({ name: "shop", home: "aws" }),
  async run() {
    const orders = new sst.aws.Dynamo("Orders", { fields: { id: "string" }, primaryIndex: { hashKey: "id" } });
    const parcels = new sst.aws.Queue("Parcels");
    parcels.subscribe({ handler: "src/pack.handler", link: [orders] });

    const shop = new sst.aws.ApiGatewayV2("Shop");
    shop.route("POST /orders", { handler: "src/order.handler", link: [parcels] });
    shop.route("GET /orders/{id}", { handler: "src/find.handler", link: [orders] });
  },
});
