/** What a token may allow, as in its `scope` claim. An admin's token may do what the two others may. */
export const scopes = {
  read: "appointments:read",
  write: "appointments:write",
  admin: "appointments:admin",
} as const;
export type Scope = (typeof scopes)[keyof typeof scopes];

interface Operation {
  method: "GET" | "POST";
  /** As OpenAPI and API Gateway write it. */
  path: `/${string}`;
  /** The scope it needs; none where anybody may call. */
  scope?: Scope;
}

/** Every operation of the API by its id in the OpenAPI document. API Gateway has a route for each and for nothing else. */
export const operations = {
  getHealth: { method: "GET", path: "/health" },
  bookAppointment: { method: "POST", path: "/appointments", scope: scopes.write },
  listAppointments: { method: "GET", path: "/appointments/{insuredId}", scope: scopes.read },
  getAppointment: { method: "GET", path: "/appointments/{insuredId}/{appointmentId}", scope: scopes.read },
  getAppointmentHistory: {
    method: "GET",
    path: "/appointments/{insuredId}/{appointmentId}/history",
    scope: scopes.read,
  },
  cancelAppointment: { method: "POST", path: "/appointments/{insuredId}/{appointmentId}/cancel", scope: scopes.write },
  rescheduleAppointment: {
    method: "POST",
    path: "/appointments/{insuredId}/{appointmentId}/reschedule",
    scope: scopes.write,
  },
  getDocument: { method: "GET", path: "/openapi.json" },
  readDocs: { method: "GET", path: "/docs" },
} as const satisfies Record<string, Operation>;
export type OperationId = keyof typeof operations;

/** The operations that the function `documents` answers; the others are the function `appointment`'s. */
export const documentOperations: readonly string[] = ["getDocument", "readDocs"] satisfies OperationId[];
