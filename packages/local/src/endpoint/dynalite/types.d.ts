declare module "dynalite" {
  import type { Server } from "node:http";
  export default function dynalite(options?: {
    /** Folder of the LevelDB store; in memory without it. */
    path?: string | undefined;
    createTableMs?: number;
    updateTableMs?: number;
    deleteTableMs?: number;
    maxItemSizeKb?: number;
  }): Server;
}
