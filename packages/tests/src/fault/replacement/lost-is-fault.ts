import {
  isLost,
  isFault as isTheirFault,
  isPassing as isTransient,
  databaseTrouble as troubleOf,
} from "@appointments/core/database/trouble";
import { AppError } from "@appointments/core/error";

export * from "@appointments/core/database/trouble";

/** A lost connection is taken for a fault of the data: nobody tries again. */
const isBlamed = (error: unknown): boolean => !(error instanceof AppError) && isLost(error);

export const isPassing: typeof isTransient = (error) => !isBlamed(error) && isTransient(error);
export const isFault: typeof isTheirFault = (error) => isBlamed(error) || isTheirFault(error);
export const databaseTrouble: typeof troubleOf = (error) =>
  isBlamed(error)
    ? new AppError("database_failed", "The database refuses the data; correct the message and redrive it", {
        cause: error,
      })
    : troubleOf(error);
