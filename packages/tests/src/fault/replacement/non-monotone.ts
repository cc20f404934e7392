import { settleEach as settlingEach } from "@appointments/core/appointment/settle";
import type { Table } from "@appointments/core/appointment/table";

export * from "@appointments/core/appointment/settle";

/** Writes an outcome to its appointment whatever the appointment's status is: there must be one, and that is all. */
export const settleEach: typeof settlingEach = (table, outcomes) =>
  settlingEach({ ...table, client: unconditional(table.client) }, outcomes);

const unconditional = (client: Table["client"]): Table["client"] =>
  new Proxy(client, {
    get(target, name) {
      if (name !== "send") return Reflect.get(target, name);
      return (command: { input: { ConditionExpression?: string } } & Parameters<typeof target.send>[0]) => {
        const { ConditionExpression: condition } = command.input;
        // Names and values that no expression uses would be refused.
        if (condition) command.input.ConditionExpression = `attribute_exists(pk) OR (${condition})`;
        return target.send(command);
      };
    },
  });
