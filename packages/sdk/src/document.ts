// Made from docs/openapi.json by `npm run sdk:types`: change that and not this.

export interface paths {
    "/appointments": {
        parameters: {
            query?: never;
            header?: never;
            path?: never;
            cookie?: never;
        };
        get?: never;
        put?: never;
        /**
         * Book an appointment
         * @description Asks for a slot. The appointment is `pending` until its country has decided, a second or so later: then it is `completed`, or `rejected` with a reason. An appointment that was answered with 202 is never lost.
         *
         *     Scope: `appointments:write`.
         */
        post: operations["bookAppointment"];
        delete?: never;
        options?: never;
        head?: never;
        patch?: never;
        trace?: never;
    };
    "/appointments/{insuredId}": {
        parameters: {
            query?: never;
            header?: never;
            path?: never;
            cookie?: never;
        };
        /**
         * List an insured's appointments
         * @description The appointments of one person, newest first, in pages. One who has none has an empty list. A page may be shorter than `limit`, even empty, and have a `nextCursor`: go on until there is none.
         *
         *     Scope: `appointments:read`.
         */
        get: operations["listAppointments"];
        put?: never;
        post?: never;
        delete?: never;
        options?: never;
        head?: never;
        patch?: never;
        trace?: never;
    };
    "/appointments/{insuredId}/{appointmentId}": {
        parameters: {
            query?: never;
            header?: never;
            path?: never;
            cookie?: never;
        };
        /**
         * Read an appointment
         * @description The appointment as it is now. With `If-None-Match`, only when it has changed. With `wait`, as soon as nothing is under way: no need to ask again and again.
         *
         *     Scope: `appointments:read`.
         */
        get: operations["getAppointment"];
        put?: never;
        post?: never;
        delete?: never;
        options?: never;
        head?: never;
        patch?: never;
        trace?: never;
    };
    "/appointments/{insuredId}/{appointmentId}/cancel": {
        parameters: {
            query?: never;
            header?: never;
            path?: never;
            cookie?: never;
        };
        get?: never;
        put?: never;
        /**
         * Cancel an appointment
         * @description Asks the country to free the slot; the appointment is `cancelled` a second or so later. A repeat of a change that is made or under way changes nothing.
         *
         *     Scope: `appointments:write`.
         */
        post: operations["cancelAppointment"];
        delete?: never;
        options?: never;
        head?: never;
        patch?: never;
        trace?: never;
    };
    "/appointments/{insuredId}/{appointmentId}/history": {
        parameters: {
            query?: never;
            header?: never;
            path?: never;
            cookie?: never;
        };
        /**
         * Read what happened to an appointment
         * @description Every transition of the appointment, oldest first.
         *
         *     Scope: `appointments:read`.
         */
        get: operations["getAppointmentHistory"];
        put?: never;
        post?: never;
        delete?: never;
        options?: never;
        head?: never;
        patch?: never;
        trace?: never;
    };
    "/appointments/{insuredId}/{appointmentId}/reschedule": {
        parameters: {
            query?: never;
            header?: never;
            path?: never;
            cookie?: never;
        };
        get?: never;
        put?: never;
        /**
         * Give an appointment another slot
         * @description Asks the country for another slot. A second or so later the appointment has it, or keeps the old one and `change.reason` says why. A repeat of a change that is made or under way changes nothing.
         *
         *     Scope: `appointments:write`.
         */
        post: operations["rescheduleAppointment"];
        delete?: never;
        options?: never;
        head?: never;
        patch?: never;
        trace?: never;
    };
    "/docs": {
        parameters: {
            query?: never;
            header?: never;
            path?: never;
            cookie?: never;
        };
        /**
         * Read this document as a page
         * @description The page needs nothing from elsewhere, and can try each operation with a token.
         */
        get: operations["readDocs"];
        put?: never;
        post?: never;
        delete?: never;
        options?: never;
        head?: never;
        patch?: never;
        trace?: never;
    };
    "/health": {
        parameters: {
            query?: never;
            header?: never;
            path?: never;
            cookie?: never;
        };
        /**
         * Ask whether the API answers
         * @description Answers without looking at any store.
         */
        get: operations["getHealth"];
        put?: never;
        post?: never;
        delete?: never;
        options?: never;
        head?: never;
        patch?: never;
        trace?: never;
    };
    "/openapi.json": {
        parameters: {
            query?: never;
            header?: never;
            path?: never;
            cookie?: never;
        };
        /**
         * Read this document
         * @description The OpenAPI document of the API that answers.
         */
        get: operations["getDocument"];
        put?: never;
        post?: never;
        delete?: never;
        options?: never;
        head?: never;
        patch?: never;
        trace?: never;
    };
}
export type webhooks = Record<string, never>;
export interface components {
    schemas: {
        /** @description An appointment as it is now. */
        Appointment: {
            /**
             * @description The appointment: a UUIDv7 in lower case.
             * @example 01a20bae-ed3d-759d-8035-0cf391eea023
             */
            appointmentId: string;
            change?: components["schemas"]["Change"];
            /**
             * @description The country that decides about the appointment: its ISO 3166-1 alpha-2 code.
             * @enum {string}
             */
            countryISO: "PE" | "CL";
            /**
             * Format: date-time
             * @description When it was asked for, in UTC.
             */
            createdAt: string;
            /**
             * @description With the reason `already_yours`: the insured's other appointment that has the slot.
             * @example 01a20bae-ed3d-759d-8035-0cf391eea023
             */
            heldBy?: string;
            /**
             * @description The insured person: exactly five digits, leading zeros kept.
             * @example 00042
             */
            insuredId: string;
            /**
             * @description Why it is `rejected` or `cancelled`.
             * @enum {string}
             */
            reason?: "schedule_taken" | "already_yours" | "patient_request" | "clinic_request" | "duplicate" | "other";
            /**
             * @description The slot: a positive integer. One live appointment per country holds it.
             * @example 100
             */
            scheduleId: number;
            /**
             * @description `pending` until the country has decided; then `completed` or `rejected`; `cancelled` after a cancel.
             * @enum {string}
             */
            status: "pending" | "completed" | "rejected" | "cancelled";
            /**
             * Format: date-time
             * @description When it changed last, in UTC.
             */
            updatedAt: string;
            /** @description Counts what happened to the appointment; the `ETag` is made of it. */
            version: number;
        };
        /** @description What happened to an appointment. */
        AppointmentHistory: {
            /** @description What happened, oldest first. */
            items: components["schemas"]["Transition"][];
        };
        /** @description A page of an insured's appointments. */
        AppointmentList: {
            /** @description The appointments, newest first. */
            items: components["schemas"]["Appointment"][];
            /** @description Where the next page begins, for `cursor`; none on the last page. */
            nextCursor?: string;
        };
        /** @description What is asked for. */
        BookingRequest: {
            /**
             * @description The country that decides about the appointment: its ISO 3166-1 alpha-2 code.
             * @enum {string}
             */
            countryISO: "PE" | "CL";
            /**
             * @description The insured person: exactly five digits, leading zeros kept.
             * @example 00042
             */
            insuredId: string;
            /**
             * @description The slot: a positive integer. One live appointment per country holds it.
             * @example 100
             */
            scheduleId: number;
        };
        /** @description A cancel; it may have no body at all. */
        CancelRequest: {
            /**
             * @description Why it is cancelled; the appointment keeps it.
             * @enum {string}
             */
            reason?: "patient_request" | "clinic_request" | "duplicate" | "other";
        };
        /** @description The newest change of an appointment: a cancel or a reschedule. */
        Change: {
            /**
             * @description What was asked for.
             * @enum {string}
             */
            kind: "cancel" | "reschedule";
            /** @description Counts the changes of an appointment: 1, 2, 3 … */
            number: number;
            /**
             * @description The caller's for a cancel, the country's for a refusal.
             * @enum {string}
             */
            reason?: "schedule_taken" | "already_yours" | "patient_request" | "clinic_request" | "duplicate" | "other";
            /**
             * @description The slot that a reschedule asks for.
             * @example 100
             */
            scheduleId?: number;
            /**
             * @description `pending` until the country has answered.
             * @enum {string}
             */
            status: "pending" | "completed" | "rejected";
        };
        /** @description One field at fault: `pointer` when it is in the body, `parameter` when it is not. */
        FieldError: {
            /**
             * @description What is wrong, for programs.
             * @enum {string}
             */
            code: "missing" | "unknown" | "invalid";
            /** @description What it must be, for people. */
            detail: string;
            /** @description Which parameter of the path or the query. */
            parameter?: string;
            /** @description Where in the body: a JSON Pointer (RFC 6901) as a URI fragment. */
            pointer?: string;
        };
        /** @description An answer of API Gateway itself, which the API's function has not seen. */
        GatewayMessage: {
            /** @description What is wrong, e.g. `Unauthorized`. */
            message: string;
        };
        /** @description The API answers. */
        Health: {
            /** @constant */
            status: "ok";
        };
        /** @description A problem as in RFC 9457. */
        Problem: {
            /**
             * @description Which problem it is, for programs. Codes never change.
             * @enum {string}
             */
            code: "appointment_cancelled" | "appointment_not_found" | "appointment_pending" | "appointment_rejected" | "body_missing" | "body_not_json" | "body_too_large" | "change_in_progress" | "changes_exhausted" | "content_type_unsupported" | "country_not_found" | "cursor_invalid" | "fields_invalid" | "idempotency_key_invalid" | "idempotency_key_reused" | "if_match_invalid" | "if_none_match_invalid" | "insufficient_scope" | "insured_not_found" | "internal" | "method_not_allowed" | "parameters_invalid" | "path_unknown" | "request_in_progress" | "too_many_requests" | "unauthorized" | "unavailable" | "version_stale";
            /** @description What to do next, for people. */
            detail: string;
            /** @description The fields at fault, 50 at most. */
            errors?: components["schemas"]["FieldError"][];
            /** @description How many fields at fault `errors` leaves out. */
            moreErrors?: number;
            /** @description The request, to ask us about. */
            requestId: string;
            /** @description The status of the answer. */
            status: number;
            /** @description What it is, for people; the same for each problem of the type. */
            title: string;
            /** @description Which problem it is, as a URI. */
            type: string;
        };
        /** @description The new slot, in the appointment's own country. */
        RescheduleRequest: {
            /**
             * @description The slot: a positive integer. One live appointment per country holds it.
             * @example 100
             */
            scheduleId: number;
        };
        /** @description One line of the history. */
        Transition: {
            /**
             * Format: date-time
             * @description When it happened, in UTC.
             */
            at: string;
            by?: {
                /** @description The client's id of a partner. */
                clientId?: string;
                /**
                 * @description Who asked. What the country decided has nobody.
                 * @enum {string}
                 */
                kind: "patient" | "partner" | "operator";
            };
            /**
             * @description What happened.
             * @enum {string}
             */
            cause: "requested" | "completed" | "rejected" | "cancel_requested" | "cancelled" | "reschedule_requested" | "rescheduled" | "reschedule_rejected";
            /** @description The event that says so; the same in the events of the bus. */
            eventId: string;
            /**
             * @description Why, where there is a reason.
             * @enum {string}
             */
            reason?: "schedule_taken" | "already_yours" | "patient_request" | "clinic_request" | "duplicate" | "other";
            /**
             * @description The slot that it then had; of a reschedule that is asked for or refused, the slot that was wanted.
             * @example 100
             */
            scheduleId: number;
            /**
             * @description The status after it.
             * @enum {string}
             */
            status: "pending" | "completed" | "rejected" | "cancelled";
        };
    };
    responses: {
        /** @description API Gateway answers what is no request of HTTP, is too large, or has no route, before it is any operation's: 400, 404, 413, 417, 431. */
        BeforeRouting: {
            headers: {
                "Apigw-Requestid": components["headers"]["Apigw-Requestid"];
                [name: string]: unknown;
            };
            content: {
                "application/json": components["schemas"]["GatewayMessage"];
            };
        };
    };
    parameters: never;
    requestBodies: never;
    headers: {
        /** @description The encodings of a body that are read. */
        "Accept-Encoding": "identity";
        /** @description The content types of a body that are read. */
        "Accept-Post": "application/json";
        /**
         * @description The methods that are known here.
         * @example GET
         */
        Allow: string;
        /** @description API Gateway's id of the request. */
        "Apigw-Requestid": string;
        /** @description Personal data belongs in no cache. */
        "Cache-Control": "no-store";
        /**
         * @description The language of a problem's title and details.
         * @example en
         */
        "Content-Language": "en" | "es";
        /** @description An answer is no page. */
        "Content-Security-Policy": "default-src 'none'; frame-ancestors 'none'";
        /**
         * @description The version of the appointment, for `If-Match` and `If-None-Match`.
         * @example "2"
         */
        ETag: string;
        /** @description The documents hold no personal data. */
        "File-Cache-Control": "public, max-age=300";
        /** @description When the request accepts it. */
        "File-Content-Encoding": "gzip";
        /** @description The page runs its own script and speaks with this API only. */
        "File-Content-Security-Policy": string;
        /** @description The version of the document, for `If-None-Match`. */
        "File-ETag": string;
        /** @description The encoding depends on the request. */
        "File-Vary": "accept-encoding";
        /** @description An earlier request with the same `Idempotency-Key` led to this answer, and this one to nothing. */
        "Idempotency-Replayed": "true";
        /**
         * @description The path of the appointment.
         * @example /appointments/00042/01a20bae-ed3d-759d-8035-0cf391eea023
         */
        Location: string;
        /**
         * @description The language depends on the request.
         * @example accept-language
         */
        "Problem-Vary": string;
        /**
         * @description What is left to you: `r` requests, and in `t` seconds all again (draft-ietf-httpapi-ratelimit-headers).
         * @example "caller";r=99;t=1
         */
        RateLimit: string;
        /**
         * @description What a caller may ask: `q` requests in `w` seconds, of each environment of the API.
         * @example "caller";q=100;w=2
         */
        "RateLimit-Policy": string;
        /**
         * @description Seconds after which to try again.
         * @example 2
         */
        "Retry-After": string;
        /** @description The API speaks TLS only. */
        "Strict-Transport-Security": "max-age=31536000";
        /**
         * @description What the token lacks (RFC 6750).
         * @example Bearer
         */
        "WWW-Authenticate": string;
        /** @description An answer is what its type says. */
        "X-Content-Type-Options": "nosniff";
        /** @description The id of the request, to ask us about. */
        "X-Request-Id": string;
    };
    pathItems: never;
}
export type $defs = Record<string, never>;
export interface operations {
    bookAppointment: {
        parameters: {
            query?: never;
            header?: {
                /** @description A key of your own, e.g. a UUID: a repeat with the same key and body does nothing new and answers the same appointment. 1 to 255 visible ASCII characters without a comma. */
                "Idempotency-Key"?: string;
                /** @description Your trace (W3C Trace Context), carried through to the country. A broken one is ignored. */
                traceparent?: string;
            };
            path?: never;
            cookie?: never;
        };
        requestBody: {
            content: {
                "application/json": components["schemas"]["BookingRequest"];
            };
        };
        responses: {
            /** @description The appointment, waiting for its country. */
            202: {
                headers: {
                    "Apigw-Requestid": components["headers"]["Apigw-Requestid"];
                    "Cache-Control": components["headers"]["Cache-Control"];
                    "Content-Security-Policy": components["headers"]["Content-Security-Policy"];
                    ETag: components["headers"]["ETag"];
                    "Idempotency-Replayed": components["headers"]["Idempotency-Replayed"];
                    Location: components["headers"]["Location"];
                    RateLimit: components["headers"]["RateLimit"];
                    "RateLimit-Policy": components["headers"]["RateLimit-Policy"];
                    "Retry-After": components["headers"]["Retry-After"];
                    "Strict-Transport-Security": components["headers"]["Strict-Transport-Security"];
                    "X-Content-Type-Options": components["headers"]["X-Content-Type-Options"];
                    "X-Request-Id": components["headers"]["X-Request-Id"];
                    [name: string]: unknown;
                };
                content: {
                    "application/json": components["schemas"]["Appointment"];
                };
            };
            /** @description The request is not as it should be. */
            400: {
                headers: {
                    "Apigw-Requestid": components["headers"]["Apigw-Requestid"];
                    "Cache-Control": components["headers"]["Cache-Control"];
                    "Content-Language": components["headers"]["Content-Language"];
                    "Content-Security-Policy": components["headers"]["Content-Security-Policy"];
                    RateLimit: components["headers"]["RateLimit"];
                    "RateLimit-Policy": components["headers"]["RateLimit-Policy"];
                    "Strict-Transport-Security": components["headers"]["Strict-Transport-Security"];
                    Vary: components["headers"]["Problem-Vary"];
                    "X-Content-Type-Options": components["headers"]["X-Content-Type-Options"];
                    "X-Request-Id": components["headers"]["X-Request-Id"];
                    [name: string]: unknown;
                };
                content: {
                    "application/problem+json": components["schemas"]["Problem"] & {
                        /** @enum {unknown} */
                        code?: "body_missing" | "body_not_json" | "idempotency_key_invalid" | "parameters_invalid";
                    };
                };
            };
            /** @description The token is missing or not valid. */
            401: {
                headers: {
                    "Apigw-Requestid": components["headers"]["Apigw-Requestid"];
                    "Cache-Control": components["headers"]["Cache-Control"];
                    "Content-Language": components["headers"]["Content-Language"];
                    "Content-Security-Policy": components["headers"]["Content-Security-Policy"];
                    RateLimit: components["headers"]["RateLimit"];
                    "RateLimit-Policy": components["headers"]["RateLimit-Policy"];
                    "Strict-Transport-Security": components["headers"]["Strict-Transport-Security"];
                    Vary: components["headers"]["Problem-Vary"];
                    "WWW-Authenticate": components["headers"]["WWW-Authenticate"];
                    "X-Content-Type-Options": components["headers"]["X-Content-Type-Options"];
                    "X-Request-Id": components["headers"]["X-Request-Id"];
                    [name: string]: unknown;
                };
                content: {
                    /**
                     * @example {
                     *       "message": "Unauthorized"
                     *     }
                     */
                    "application/json": components["schemas"]["GatewayMessage"];
                    "application/problem+json": components["schemas"]["Problem"] & {
                        /** @enum {unknown} */
                        code?: "unauthorized";
                    };
                };
            };
            /** @description The token has not the scope of the operation. */
            403: {
                headers: {
                    "Apigw-Requestid": components["headers"]["Apigw-Requestid"];
                    "Cache-Control": components["headers"]["Cache-Control"];
                    "Content-Language": components["headers"]["Content-Language"];
                    "Content-Security-Policy": components["headers"]["Content-Security-Policy"];
                    RateLimit: components["headers"]["RateLimit"];
                    "RateLimit-Policy": components["headers"]["RateLimit-Policy"];
                    "Strict-Transport-Security": components["headers"]["Strict-Transport-Security"];
                    Vary: components["headers"]["Problem-Vary"];
                    "WWW-Authenticate": components["headers"]["WWW-Authenticate"];
                    "X-Content-Type-Options": components["headers"]["X-Content-Type-Options"];
                    "X-Request-Id": components["headers"]["X-Request-Id"];
                    [name: string]: unknown;
                };
                content: {
                    /**
                     * @example {
                     *       "message": "Forbidden"
                     *     }
                     */
                    "application/json": components["schemas"]["GatewayMessage"];
                    "application/problem+json": components["schemas"]["Problem"] & {
                        /** @enum {unknown} */
                        code?: "insufficient_scope";
                    };
                };
            };
            /** @description There is no such thing, or not for this caller. */
            404: {
                headers: {
                    "Apigw-Requestid": components["headers"]["Apigw-Requestid"];
                    "Cache-Control": components["headers"]["Cache-Control"];
                    "Content-Language": components["headers"]["Content-Language"];
                    "Content-Security-Policy": components["headers"]["Content-Security-Policy"];
                    RateLimit: components["headers"]["RateLimit"];
                    "RateLimit-Policy": components["headers"]["RateLimit-Policy"];
                    "Strict-Transport-Security": components["headers"]["Strict-Transport-Security"];
                    Vary: components["headers"]["Problem-Vary"];
                    "X-Content-Type-Options": components["headers"]["X-Content-Type-Options"];
                    "X-Request-Id": components["headers"]["X-Request-Id"];
                    [name: string]: unknown;
                };
                content: {
                    "application/problem+json": components["schemas"]["Problem"] & {
                        /** @enum {unknown} */
                        code?: "country_not_found" | "insured_not_found";
                    };
                };
            };
            /** @description The appointment is in no state for this. */
            409: {
                headers: {
                    "Apigw-Requestid": components["headers"]["Apigw-Requestid"];
                    "Cache-Control": components["headers"]["Cache-Control"];
                    "Content-Language": components["headers"]["Content-Language"];
                    "Content-Security-Policy": components["headers"]["Content-Security-Policy"];
                    RateLimit: components["headers"]["RateLimit"];
                    "RateLimit-Policy": components["headers"]["RateLimit-Policy"];
                    "Retry-After": components["headers"]["Retry-After"];
                    "Strict-Transport-Security": components["headers"]["Strict-Transport-Security"];
                    Vary: components["headers"]["Problem-Vary"];
                    "X-Content-Type-Options": components["headers"]["X-Content-Type-Options"];
                    "X-Request-Id": components["headers"]["X-Request-Id"];
                    [name: string]: unknown;
                };
                content: {
                    "application/problem+json": components["schemas"]["Problem"] & {
                        /** @enum {unknown} */
                        code?: "request_in_progress";
                    };
                };
            };
            /** @description The body is too large. */
            413: {
                headers: {
                    "Apigw-Requestid": components["headers"]["Apigw-Requestid"];
                    "Cache-Control": components["headers"]["Cache-Control"];
                    "Content-Language": components["headers"]["Content-Language"];
                    "Content-Security-Policy": components["headers"]["Content-Security-Policy"];
                    RateLimit: components["headers"]["RateLimit"];
                    "RateLimit-Policy": components["headers"]["RateLimit-Policy"];
                    "Strict-Transport-Security": components["headers"]["Strict-Transport-Security"];
                    Vary: components["headers"]["Problem-Vary"];
                    "X-Content-Type-Options": components["headers"]["X-Content-Type-Options"];
                    "X-Request-Id": components["headers"]["X-Request-Id"];
                    [name: string]: unknown;
                };
                content: {
                    /**
                     * @example {
                     *       "message": "Request Entity Too Large"
                     *     }
                     */
                    "application/json": components["schemas"]["GatewayMessage"];
                    "application/problem+json": components["schemas"]["Problem"] & {
                        /** @enum {unknown} */
                        code?: "body_too_large";
                    };
                };
            };
            /** @description The body is of another type, or encoded. */
            415: {
                headers: {
                    "Accept-Encoding": components["headers"]["Accept-Encoding"];
                    "Accept-Post": components["headers"]["Accept-Post"];
                    "Apigw-Requestid": components["headers"]["Apigw-Requestid"];
                    "Cache-Control": components["headers"]["Cache-Control"];
                    "Content-Language": components["headers"]["Content-Language"];
                    "Content-Security-Policy": components["headers"]["Content-Security-Policy"];
                    RateLimit: components["headers"]["RateLimit"];
                    "RateLimit-Policy": components["headers"]["RateLimit-Policy"];
                    "Strict-Transport-Security": components["headers"]["Strict-Transport-Security"];
                    Vary: components["headers"]["Problem-Vary"];
                    "X-Content-Type-Options": components["headers"]["X-Content-Type-Options"];
                    "X-Request-Id": components["headers"]["X-Request-Id"];
                    [name: string]: unknown;
                };
                content: {
                    "application/problem+json": components["schemas"]["Problem"] & {
                        /** @enum {unknown} */
                        code?: "content_type_unsupported";
                    };
                };
            };
            /** @description The request is read, but cannot be met. */
            422: {
                headers: {
                    "Apigw-Requestid": components["headers"]["Apigw-Requestid"];
                    "Cache-Control": components["headers"]["Cache-Control"];
                    "Content-Language": components["headers"]["Content-Language"];
                    "Content-Security-Policy": components["headers"]["Content-Security-Policy"];
                    RateLimit: components["headers"]["RateLimit"];
                    "RateLimit-Policy": components["headers"]["RateLimit-Policy"];
                    "Strict-Transport-Security": components["headers"]["Strict-Transport-Security"];
                    Vary: components["headers"]["Problem-Vary"];
                    "X-Content-Type-Options": components["headers"]["X-Content-Type-Options"];
                    "X-Request-Id": components["headers"]["X-Request-Id"];
                    [name: string]: unknown;
                };
                content: {
                    "application/problem+json": components["schemas"]["Problem"] & {
                        /** @enum {unknown} */
                        code?: "fields_invalid" | "idempotency_key_reused";
                    };
                };
            };
            /** @description Too many requests; try again later. */
            429: {
                headers: {
                    "Apigw-Requestid": components["headers"]["Apigw-Requestid"];
                    "Cache-Control": components["headers"]["Cache-Control"];
                    "Content-Language": components["headers"]["Content-Language"];
                    "Content-Security-Policy": components["headers"]["Content-Security-Policy"];
                    RateLimit: components["headers"]["RateLimit"];
                    "RateLimit-Policy": components["headers"]["RateLimit-Policy"];
                    "Retry-After": components["headers"]["Retry-After"];
                    "Strict-Transport-Security": components["headers"]["Strict-Transport-Security"];
                    Vary: components["headers"]["Problem-Vary"];
                    "X-Content-Type-Options": components["headers"]["X-Content-Type-Options"];
                    "X-Request-Id": components["headers"]["X-Request-Id"];
                    [name: string]: unknown;
                };
                content: {
                    /**
                     * @example {
                     *       "message": "Too Many Requests"
                     *     }
                     */
                    "application/json": components["schemas"]["GatewayMessage"];
                    "application/problem+json": components["schemas"]["Problem"] & {
                        /** @enum {unknown} */
                        code?: "too_many_requests";
                    };
                };
            };
            /** @description The fault is ours. */
            500: {
                headers: {
                    "Apigw-Requestid": components["headers"]["Apigw-Requestid"];
                    "Cache-Control": components["headers"]["Cache-Control"];
                    "Content-Language": components["headers"]["Content-Language"];
                    "Content-Security-Policy": components["headers"]["Content-Security-Policy"];
                    RateLimit: components["headers"]["RateLimit"];
                    "RateLimit-Policy": components["headers"]["RateLimit-Policy"];
                    "Strict-Transport-Security": components["headers"]["Strict-Transport-Security"];
                    Vary: components["headers"]["Problem-Vary"];
                    "X-Content-Type-Options": components["headers"]["X-Content-Type-Options"];
                    "X-Request-Id": components["headers"]["X-Request-Id"];
                    [name: string]: unknown;
                };
                content: {
                    /**
                     * @example {
                     *       "message": "Internal Server Error"
                     *     }
                     */
                    "application/json": components["schemas"]["GatewayMessage"];
                    "application/problem+json": components["schemas"]["Problem"] & {
                        /** @enum {unknown} */
                        code?: "internal";
                    };
                };
            };
            /** @description The service is not available now; try again later. */
            503: {
                headers: {
                    "Apigw-Requestid": components["headers"]["Apigw-Requestid"];
                    "Cache-Control": components["headers"]["Cache-Control"];
                    "Content-Language": components["headers"]["Content-Language"];
                    "Content-Security-Policy": components["headers"]["Content-Security-Policy"];
                    RateLimit: components["headers"]["RateLimit"];
                    "RateLimit-Policy": components["headers"]["RateLimit-Policy"];
                    "Retry-After": components["headers"]["Retry-After"];
                    "Strict-Transport-Security": components["headers"]["Strict-Transport-Security"];
                    Vary: components["headers"]["Problem-Vary"];
                    "X-Content-Type-Options": components["headers"]["X-Content-Type-Options"];
                    "X-Request-Id": components["headers"]["X-Request-Id"];
                    [name: string]: unknown;
                };
                content: {
                    /**
                     * @example {
                     *       "message": "Service Unavailable"
                     *     }
                     */
                    "application/json": components["schemas"]["GatewayMessage"];
                    "application/problem+json": components["schemas"]["Problem"] & {
                        /** @enum {unknown} */
                        code?: "unavailable";
                    };
                };
            };
            default: components["responses"]["BeforeRouting"];
        };
    };
    listAppointments: {
        parameters: {
            query?: {
                /** @description Only those of this country. */
                countryISO?: "PE" | "CL";
                /** @description The `nextCursor` of the page before; none for the first. */
                cursor?: string;
                /** @description Only those created then or later. */
                from?: string;
                /** @description Appointments of a page. */
                limit?: number;
                /** @description Only those of this status. */
                status?: "pending" | "completed" | "rejected" | "cancelled";
                /** @description Only those created before; later than `from`. */
                to?: string;
            };
            header?: never;
            path: {
                /** @description The insured person: exactly five digits. */
                insuredId: string;
            };
            cookie?: never;
        };
        requestBody?: never;
        responses: {
            /** @description A page. */
            200: {
                headers: {
                    "Apigw-Requestid": components["headers"]["Apigw-Requestid"];
                    "Cache-Control": components["headers"]["Cache-Control"];
                    "Content-Security-Policy": components["headers"]["Content-Security-Policy"];
                    RateLimit: components["headers"]["RateLimit"];
                    "RateLimit-Policy": components["headers"]["RateLimit-Policy"];
                    "Strict-Transport-Security": components["headers"]["Strict-Transport-Security"];
                    "X-Content-Type-Options": components["headers"]["X-Content-Type-Options"];
                    "X-Request-Id": components["headers"]["X-Request-Id"];
                    [name: string]: unknown;
                };
                content: {
                    "application/json": components["schemas"]["AppointmentList"];
                };
            };
            /** @description The request is not as it should be. */
            400: {
                headers: {
                    "Apigw-Requestid": components["headers"]["Apigw-Requestid"];
                    "Cache-Control": components["headers"]["Cache-Control"];
                    "Content-Language": components["headers"]["Content-Language"];
                    "Content-Security-Policy": components["headers"]["Content-Security-Policy"];
                    RateLimit: components["headers"]["RateLimit"];
                    "RateLimit-Policy": components["headers"]["RateLimit-Policy"];
                    "Strict-Transport-Security": components["headers"]["Strict-Transport-Security"];
                    Vary: components["headers"]["Problem-Vary"];
                    "X-Content-Type-Options": components["headers"]["X-Content-Type-Options"];
                    "X-Request-Id": components["headers"]["X-Request-Id"];
                    [name: string]: unknown;
                };
                content: {
                    "application/problem+json": components["schemas"]["Problem"] & {
                        /** @enum {unknown} */
                        code?: "cursor_invalid" | "parameters_invalid";
                    };
                };
            };
            /** @description The token is missing or not valid. */
            401: {
                headers: {
                    "Apigw-Requestid": components["headers"]["Apigw-Requestid"];
                    "Cache-Control": components["headers"]["Cache-Control"];
                    "Content-Language": components["headers"]["Content-Language"];
                    "Content-Security-Policy": components["headers"]["Content-Security-Policy"];
                    RateLimit: components["headers"]["RateLimit"];
                    "RateLimit-Policy": components["headers"]["RateLimit-Policy"];
                    "Strict-Transport-Security": components["headers"]["Strict-Transport-Security"];
                    Vary: components["headers"]["Problem-Vary"];
                    "WWW-Authenticate": components["headers"]["WWW-Authenticate"];
                    "X-Content-Type-Options": components["headers"]["X-Content-Type-Options"];
                    "X-Request-Id": components["headers"]["X-Request-Id"];
                    [name: string]: unknown;
                };
                content: {
                    /**
                     * @example {
                     *       "message": "Unauthorized"
                     *     }
                     */
                    "application/json": components["schemas"]["GatewayMessage"];
                    "application/problem+json": components["schemas"]["Problem"] & {
                        /** @enum {unknown} */
                        code?: "unauthorized";
                    };
                };
            };
            /** @description The token has not the scope of the operation. */
            403: {
                headers: {
                    "Apigw-Requestid": components["headers"]["Apigw-Requestid"];
                    "Cache-Control": components["headers"]["Cache-Control"];
                    "Content-Language": components["headers"]["Content-Language"];
                    "Content-Security-Policy": components["headers"]["Content-Security-Policy"];
                    RateLimit: components["headers"]["RateLimit"];
                    "RateLimit-Policy": components["headers"]["RateLimit-Policy"];
                    "Strict-Transport-Security": components["headers"]["Strict-Transport-Security"];
                    Vary: components["headers"]["Problem-Vary"];
                    "WWW-Authenticate": components["headers"]["WWW-Authenticate"];
                    "X-Content-Type-Options": components["headers"]["X-Content-Type-Options"];
                    "X-Request-Id": components["headers"]["X-Request-Id"];
                    [name: string]: unknown;
                };
                content: {
                    /**
                     * @example {
                     *       "message": "Forbidden"
                     *     }
                     */
                    "application/json": components["schemas"]["GatewayMessage"];
                    "application/problem+json": components["schemas"]["Problem"] & {
                        /** @enum {unknown} */
                        code?: "insufficient_scope";
                    };
                };
            };
            /** @description There is no such thing, or not for this caller. */
            404: {
                headers: {
                    "Apigw-Requestid": components["headers"]["Apigw-Requestid"];
                    "Cache-Control": components["headers"]["Cache-Control"];
                    "Content-Language": components["headers"]["Content-Language"];
                    "Content-Security-Policy": components["headers"]["Content-Security-Policy"];
                    RateLimit: components["headers"]["RateLimit"];
                    "RateLimit-Policy": components["headers"]["RateLimit-Policy"];
                    "Strict-Transport-Security": components["headers"]["Strict-Transport-Security"];
                    Vary: components["headers"]["Problem-Vary"];
                    "X-Content-Type-Options": components["headers"]["X-Content-Type-Options"];
                    "X-Request-Id": components["headers"]["X-Request-Id"];
                    [name: string]: unknown;
                };
                content: {
                    "application/problem+json": components["schemas"]["Problem"] & {
                        /** @enum {unknown} */
                        code?: "insured_not_found" | "path_unknown";
                    };
                };
            };
            /** @description The method is not known here. */
            405: {
                headers: {
                    Allow: components["headers"]["Allow"];
                    "Apigw-Requestid": components["headers"]["Apigw-Requestid"];
                    "Cache-Control": components["headers"]["Cache-Control"];
                    "Content-Language": components["headers"]["Content-Language"];
                    "Content-Security-Policy": components["headers"]["Content-Security-Policy"];
                    RateLimit: components["headers"]["RateLimit"];
                    "RateLimit-Policy": components["headers"]["RateLimit-Policy"];
                    "Strict-Transport-Security": components["headers"]["Strict-Transport-Security"];
                    Vary: components["headers"]["Problem-Vary"];
                    "X-Content-Type-Options": components["headers"]["X-Content-Type-Options"];
                    "X-Request-Id": components["headers"]["X-Request-Id"];
                    [name: string]: unknown;
                };
                content: {
                    "application/problem+json": components["schemas"]["Problem"] & {
                        /** @enum {unknown} */
                        code?: "method_not_allowed";
                    };
                };
            };
            /** @description Too many requests; try again later. */
            429: {
                headers: {
                    "Apigw-Requestid": components["headers"]["Apigw-Requestid"];
                    "Cache-Control": components["headers"]["Cache-Control"];
                    "Content-Language": components["headers"]["Content-Language"];
                    "Content-Security-Policy": components["headers"]["Content-Security-Policy"];
                    RateLimit: components["headers"]["RateLimit"];
                    "RateLimit-Policy": components["headers"]["RateLimit-Policy"];
                    "Retry-After": components["headers"]["Retry-After"];
                    "Strict-Transport-Security": components["headers"]["Strict-Transport-Security"];
                    Vary: components["headers"]["Problem-Vary"];
                    "X-Content-Type-Options": components["headers"]["X-Content-Type-Options"];
                    "X-Request-Id": components["headers"]["X-Request-Id"];
                    [name: string]: unknown;
                };
                content: {
                    /**
                     * @example {
                     *       "message": "Too Many Requests"
                     *     }
                     */
                    "application/json": components["schemas"]["GatewayMessage"];
                    "application/problem+json": components["schemas"]["Problem"] & {
                        /** @enum {unknown} */
                        code?: "too_many_requests";
                    };
                };
            };
            /** @description The fault is ours. */
            500: {
                headers: {
                    "Apigw-Requestid": components["headers"]["Apigw-Requestid"];
                    "Cache-Control": components["headers"]["Cache-Control"];
                    "Content-Language": components["headers"]["Content-Language"];
                    "Content-Security-Policy": components["headers"]["Content-Security-Policy"];
                    RateLimit: components["headers"]["RateLimit"];
                    "RateLimit-Policy": components["headers"]["RateLimit-Policy"];
                    "Strict-Transport-Security": components["headers"]["Strict-Transport-Security"];
                    Vary: components["headers"]["Problem-Vary"];
                    "X-Content-Type-Options": components["headers"]["X-Content-Type-Options"];
                    "X-Request-Id": components["headers"]["X-Request-Id"];
                    [name: string]: unknown;
                };
                content: {
                    /**
                     * @example {
                     *       "message": "Internal Server Error"
                     *     }
                     */
                    "application/json": components["schemas"]["GatewayMessage"];
                    "application/problem+json": components["schemas"]["Problem"] & {
                        /** @enum {unknown} */
                        code?: "internal";
                    };
                };
            };
            /** @description The service is not available now; try again later. */
            503: {
                headers: {
                    "Apigw-Requestid": components["headers"]["Apigw-Requestid"];
                    "Cache-Control": components["headers"]["Cache-Control"];
                    "Content-Language": components["headers"]["Content-Language"];
                    "Content-Security-Policy": components["headers"]["Content-Security-Policy"];
                    RateLimit: components["headers"]["RateLimit"];
                    "RateLimit-Policy": components["headers"]["RateLimit-Policy"];
                    "Retry-After": components["headers"]["Retry-After"];
                    "Strict-Transport-Security": components["headers"]["Strict-Transport-Security"];
                    Vary: components["headers"]["Problem-Vary"];
                    "X-Content-Type-Options": components["headers"]["X-Content-Type-Options"];
                    "X-Request-Id": components["headers"]["X-Request-Id"];
                    [name: string]: unknown;
                };
                content: {
                    /**
                     * @example {
                     *       "message": "Service Unavailable"
                     *     }
                     */
                    "application/json": components["schemas"]["GatewayMessage"];
                    "application/problem+json": components["schemas"]["Problem"] & {
                        /** @enum {unknown} */
                        code?: "unavailable";
                    };
                };
            };
            default: components["responses"]["BeforeRouting"];
        };
    };
    getAppointment: {
        parameters: {
            query?: {
                /** @description Seconds to wait while the country has something to decide, on the booking or on a change. When they are over the answer is what is then. */
                wait?: number;
            };
            header?: {
                /** @description The `ETag` of the appointment as you know it: when it is still that, the answer has no body. */
                "If-None-Match"?: string;
            };
            path: {
                /** @description The appointment: a UUIDv7 in lower case. */
                appointmentId: string;
                /** @description The insured person: exactly five digits. */
                insuredId: string;
            };
            cookie?: never;
        };
        requestBody?: never;
        responses: {
            /** @description The appointment. */
            200: {
                headers: {
                    "Apigw-Requestid": components["headers"]["Apigw-Requestid"];
                    "Cache-Control": components["headers"]["Cache-Control"];
                    "Content-Security-Policy": components["headers"]["Content-Security-Policy"];
                    ETag: components["headers"]["ETag"];
                    RateLimit: components["headers"]["RateLimit"];
                    "RateLimit-Policy": components["headers"]["RateLimit-Policy"];
                    "Strict-Transport-Security": components["headers"]["Strict-Transport-Security"];
                    "X-Content-Type-Options": components["headers"]["X-Content-Type-Options"];
                    "X-Request-Id": components["headers"]["X-Request-Id"];
                    [name: string]: unknown;
                };
                content: {
                    "application/json": components["schemas"]["Appointment"];
                };
            };
            /** @description It is as you know it. */
            304: {
                headers: {
                    "Apigw-Requestid": components["headers"]["Apigw-Requestid"];
                    "Cache-Control": components["headers"]["Cache-Control"];
                    "Content-Security-Policy": components["headers"]["Content-Security-Policy"];
                    ETag: components["headers"]["ETag"];
                    RateLimit: components["headers"]["RateLimit"];
                    "RateLimit-Policy": components["headers"]["RateLimit-Policy"];
                    "Strict-Transport-Security": components["headers"]["Strict-Transport-Security"];
                    "X-Content-Type-Options": components["headers"]["X-Content-Type-Options"];
                    "X-Request-Id": components["headers"]["X-Request-Id"];
                    [name: string]: unknown;
                };
                content?: never;
            };
            /** @description The request is not as it should be. */
            400: {
                headers: {
                    "Apigw-Requestid": components["headers"]["Apigw-Requestid"];
                    "Cache-Control": components["headers"]["Cache-Control"];
                    "Content-Language": components["headers"]["Content-Language"];
                    "Content-Security-Policy": components["headers"]["Content-Security-Policy"];
                    RateLimit: components["headers"]["RateLimit"];
                    "RateLimit-Policy": components["headers"]["RateLimit-Policy"];
                    "Strict-Transport-Security": components["headers"]["Strict-Transport-Security"];
                    Vary: components["headers"]["Problem-Vary"];
                    "X-Content-Type-Options": components["headers"]["X-Content-Type-Options"];
                    "X-Request-Id": components["headers"]["X-Request-Id"];
                    [name: string]: unknown;
                };
                content: {
                    "application/problem+json": components["schemas"]["Problem"] & {
                        /** @enum {unknown} */
                        code?: "if_none_match_invalid" | "parameters_invalid";
                    };
                };
            };
            /** @description The token is missing or not valid. */
            401: {
                headers: {
                    "Apigw-Requestid": components["headers"]["Apigw-Requestid"];
                    "Cache-Control": components["headers"]["Cache-Control"];
                    "Content-Language": components["headers"]["Content-Language"];
                    "Content-Security-Policy": components["headers"]["Content-Security-Policy"];
                    RateLimit: components["headers"]["RateLimit"];
                    "RateLimit-Policy": components["headers"]["RateLimit-Policy"];
                    "Strict-Transport-Security": components["headers"]["Strict-Transport-Security"];
                    Vary: components["headers"]["Problem-Vary"];
                    "WWW-Authenticate": components["headers"]["WWW-Authenticate"];
                    "X-Content-Type-Options": components["headers"]["X-Content-Type-Options"];
                    "X-Request-Id": components["headers"]["X-Request-Id"];
                    [name: string]: unknown;
                };
                content: {
                    /**
                     * @example {
                     *       "message": "Unauthorized"
                     *     }
                     */
                    "application/json": components["schemas"]["GatewayMessage"];
                    "application/problem+json": components["schemas"]["Problem"] & {
                        /** @enum {unknown} */
                        code?: "unauthorized";
                    };
                };
            };
            /** @description The token has not the scope of the operation. */
            403: {
                headers: {
                    "Apigw-Requestid": components["headers"]["Apigw-Requestid"];
                    "Cache-Control": components["headers"]["Cache-Control"];
                    "Content-Language": components["headers"]["Content-Language"];
                    "Content-Security-Policy": components["headers"]["Content-Security-Policy"];
                    RateLimit: components["headers"]["RateLimit"];
                    "RateLimit-Policy": components["headers"]["RateLimit-Policy"];
                    "Strict-Transport-Security": components["headers"]["Strict-Transport-Security"];
                    Vary: components["headers"]["Problem-Vary"];
                    "WWW-Authenticate": components["headers"]["WWW-Authenticate"];
                    "X-Content-Type-Options": components["headers"]["X-Content-Type-Options"];
                    "X-Request-Id": components["headers"]["X-Request-Id"];
                    [name: string]: unknown;
                };
                content: {
                    /**
                     * @example {
                     *       "message": "Forbidden"
                     *     }
                     */
                    "application/json": components["schemas"]["GatewayMessage"];
                    "application/problem+json": components["schemas"]["Problem"] & {
                        /** @enum {unknown} */
                        code?: "insufficient_scope";
                    };
                };
            };
            /** @description There is no such thing, or not for this caller. */
            404: {
                headers: {
                    "Apigw-Requestid": components["headers"]["Apigw-Requestid"];
                    "Cache-Control": components["headers"]["Cache-Control"];
                    "Content-Language": components["headers"]["Content-Language"];
                    "Content-Security-Policy": components["headers"]["Content-Security-Policy"];
                    RateLimit: components["headers"]["RateLimit"];
                    "RateLimit-Policy": components["headers"]["RateLimit-Policy"];
                    "Strict-Transport-Security": components["headers"]["Strict-Transport-Security"];
                    Vary: components["headers"]["Problem-Vary"];
                    "X-Content-Type-Options": components["headers"]["X-Content-Type-Options"];
                    "X-Request-Id": components["headers"]["X-Request-Id"];
                    [name: string]: unknown;
                };
                content: {
                    "application/problem+json": components["schemas"]["Problem"] & {
                        /** @enum {unknown} */
                        code?: "appointment_not_found" | "path_unknown";
                    };
                };
            };
            /** @description The method is not known here. */
            405: {
                headers: {
                    Allow: components["headers"]["Allow"];
                    "Apigw-Requestid": components["headers"]["Apigw-Requestid"];
                    "Cache-Control": components["headers"]["Cache-Control"];
                    "Content-Language": components["headers"]["Content-Language"];
                    "Content-Security-Policy": components["headers"]["Content-Security-Policy"];
                    RateLimit: components["headers"]["RateLimit"];
                    "RateLimit-Policy": components["headers"]["RateLimit-Policy"];
                    "Strict-Transport-Security": components["headers"]["Strict-Transport-Security"];
                    Vary: components["headers"]["Problem-Vary"];
                    "X-Content-Type-Options": components["headers"]["X-Content-Type-Options"];
                    "X-Request-Id": components["headers"]["X-Request-Id"];
                    [name: string]: unknown;
                };
                content: {
                    "application/problem+json": components["schemas"]["Problem"] & {
                        /** @enum {unknown} */
                        code?: "method_not_allowed";
                    };
                };
            };
            /** @description Too many requests; try again later. */
            429: {
                headers: {
                    "Apigw-Requestid": components["headers"]["Apigw-Requestid"];
                    "Cache-Control": components["headers"]["Cache-Control"];
                    "Content-Language": components["headers"]["Content-Language"];
                    "Content-Security-Policy": components["headers"]["Content-Security-Policy"];
                    RateLimit: components["headers"]["RateLimit"];
                    "RateLimit-Policy": components["headers"]["RateLimit-Policy"];
                    "Retry-After": components["headers"]["Retry-After"];
                    "Strict-Transport-Security": components["headers"]["Strict-Transport-Security"];
                    Vary: components["headers"]["Problem-Vary"];
                    "X-Content-Type-Options": components["headers"]["X-Content-Type-Options"];
                    "X-Request-Id": components["headers"]["X-Request-Id"];
                    [name: string]: unknown;
                };
                content: {
                    /**
                     * @example {
                     *       "message": "Too Many Requests"
                     *     }
                     */
                    "application/json": components["schemas"]["GatewayMessage"];
                    "application/problem+json": components["schemas"]["Problem"] & {
                        /** @enum {unknown} */
                        code?: "too_many_requests";
                    };
                };
            };
            /** @description The fault is ours. */
            500: {
                headers: {
                    "Apigw-Requestid": components["headers"]["Apigw-Requestid"];
                    "Cache-Control": components["headers"]["Cache-Control"];
                    "Content-Language": components["headers"]["Content-Language"];
                    "Content-Security-Policy": components["headers"]["Content-Security-Policy"];
                    RateLimit: components["headers"]["RateLimit"];
                    "RateLimit-Policy": components["headers"]["RateLimit-Policy"];
                    "Strict-Transport-Security": components["headers"]["Strict-Transport-Security"];
                    Vary: components["headers"]["Problem-Vary"];
                    "X-Content-Type-Options": components["headers"]["X-Content-Type-Options"];
                    "X-Request-Id": components["headers"]["X-Request-Id"];
                    [name: string]: unknown;
                };
                content: {
                    /**
                     * @example {
                     *       "message": "Internal Server Error"
                     *     }
                     */
                    "application/json": components["schemas"]["GatewayMessage"];
                    "application/problem+json": components["schemas"]["Problem"] & {
                        /** @enum {unknown} */
                        code?: "internal";
                    };
                };
            };
            /** @description The service is not available now; try again later. */
            503: {
                headers: {
                    "Apigw-Requestid": components["headers"]["Apigw-Requestid"];
                    "Cache-Control": components["headers"]["Cache-Control"];
                    "Content-Language": components["headers"]["Content-Language"];
                    "Content-Security-Policy": components["headers"]["Content-Security-Policy"];
                    RateLimit: components["headers"]["RateLimit"];
                    "RateLimit-Policy": components["headers"]["RateLimit-Policy"];
                    "Retry-After": components["headers"]["Retry-After"];
                    "Strict-Transport-Security": components["headers"]["Strict-Transport-Security"];
                    Vary: components["headers"]["Problem-Vary"];
                    "X-Content-Type-Options": components["headers"]["X-Content-Type-Options"];
                    "X-Request-Id": components["headers"]["X-Request-Id"];
                    [name: string]: unknown;
                };
                content: {
                    /**
                     * @example {
                     *       "message": "Service Unavailable"
                     *     }
                     */
                    "application/json": components["schemas"]["GatewayMessage"];
                    "application/problem+json": components["schemas"]["Problem"] & {
                        /** @enum {unknown} */
                        code?: "unavailable";
                    };
                };
            };
            default: components["responses"]["BeforeRouting"];
        };
    };
    cancelAppointment: {
        parameters: {
            query?: never;
            header?: {
                /** @description A key of your own, e.g. a UUID: a repeat with the same key and body does nothing new and answers the same appointment. 1 to 255 visible ASCII characters without a comma. */
                "Idempotency-Key"?: string;
                /** @description The `ETag` of the appointment as you know it: when it has changed since, nothing is done. */
                "If-Match"?: string;
                /** @description Your trace (W3C Trace Context), carried through to the country. A broken one is ignored. */
                traceparent?: string;
            };
            path: {
                /** @description The appointment: a UUIDv7 in lower case. */
                appointmentId: string;
                /** @description The insured person: exactly five digits. */
                insuredId: string;
            };
            cookie?: never;
        };
        requestBody?: {
            content: {
                "application/json": components["schemas"]["CancelRequest"];
            };
        };
        responses: {
            /** @description The appointment with its change, which the country has still to make; or as it was, when it is as wanted already. */
            202: {
                headers: {
                    "Apigw-Requestid": components["headers"]["Apigw-Requestid"];
                    "Cache-Control": components["headers"]["Cache-Control"];
                    "Content-Security-Policy": components["headers"]["Content-Security-Policy"];
                    ETag: components["headers"]["ETag"];
                    "Idempotency-Replayed": components["headers"]["Idempotency-Replayed"];
                    Location: components["headers"]["Location"];
                    RateLimit: components["headers"]["RateLimit"];
                    "RateLimit-Policy": components["headers"]["RateLimit-Policy"];
                    "Retry-After": components["headers"]["Retry-After"];
                    "Strict-Transport-Security": components["headers"]["Strict-Transport-Security"];
                    "X-Content-Type-Options": components["headers"]["X-Content-Type-Options"];
                    "X-Request-Id": components["headers"]["X-Request-Id"];
                    [name: string]: unknown;
                };
                content: {
                    "application/json": components["schemas"]["Appointment"];
                };
            };
            /** @description The request is not as it should be. */
            400: {
                headers: {
                    "Apigw-Requestid": components["headers"]["Apigw-Requestid"];
                    "Cache-Control": components["headers"]["Cache-Control"];
                    "Content-Language": components["headers"]["Content-Language"];
                    "Content-Security-Policy": components["headers"]["Content-Security-Policy"];
                    RateLimit: components["headers"]["RateLimit"];
                    "RateLimit-Policy": components["headers"]["RateLimit-Policy"];
                    "Strict-Transport-Security": components["headers"]["Strict-Transport-Security"];
                    Vary: components["headers"]["Problem-Vary"];
                    "X-Content-Type-Options": components["headers"]["X-Content-Type-Options"];
                    "X-Request-Id": components["headers"]["X-Request-Id"];
                    [name: string]: unknown;
                };
                content: {
                    "application/problem+json": components["schemas"]["Problem"] & {
                        /** @enum {unknown} */
                        code?: "body_not_json" | "idempotency_key_invalid" | "if_match_invalid" | "parameters_invalid";
                    };
                };
            };
            /** @description The token is missing or not valid. */
            401: {
                headers: {
                    "Apigw-Requestid": components["headers"]["Apigw-Requestid"];
                    "Cache-Control": components["headers"]["Cache-Control"];
                    "Content-Language": components["headers"]["Content-Language"];
                    "Content-Security-Policy": components["headers"]["Content-Security-Policy"];
                    RateLimit: components["headers"]["RateLimit"];
                    "RateLimit-Policy": components["headers"]["RateLimit-Policy"];
                    "Strict-Transport-Security": components["headers"]["Strict-Transport-Security"];
                    Vary: components["headers"]["Problem-Vary"];
                    "WWW-Authenticate": components["headers"]["WWW-Authenticate"];
                    "X-Content-Type-Options": components["headers"]["X-Content-Type-Options"];
                    "X-Request-Id": components["headers"]["X-Request-Id"];
                    [name: string]: unknown;
                };
                content: {
                    /**
                     * @example {
                     *       "message": "Unauthorized"
                     *     }
                     */
                    "application/json": components["schemas"]["GatewayMessage"];
                    "application/problem+json": components["schemas"]["Problem"] & {
                        /** @enum {unknown} */
                        code?: "unauthorized";
                    };
                };
            };
            /** @description The token has not the scope of the operation. */
            403: {
                headers: {
                    "Apigw-Requestid": components["headers"]["Apigw-Requestid"];
                    "Cache-Control": components["headers"]["Cache-Control"];
                    "Content-Language": components["headers"]["Content-Language"];
                    "Content-Security-Policy": components["headers"]["Content-Security-Policy"];
                    RateLimit: components["headers"]["RateLimit"];
                    "RateLimit-Policy": components["headers"]["RateLimit-Policy"];
                    "Strict-Transport-Security": components["headers"]["Strict-Transport-Security"];
                    Vary: components["headers"]["Problem-Vary"];
                    "WWW-Authenticate": components["headers"]["WWW-Authenticate"];
                    "X-Content-Type-Options": components["headers"]["X-Content-Type-Options"];
                    "X-Request-Id": components["headers"]["X-Request-Id"];
                    [name: string]: unknown;
                };
                content: {
                    /**
                     * @example {
                     *       "message": "Forbidden"
                     *     }
                     */
                    "application/json": components["schemas"]["GatewayMessage"];
                    "application/problem+json": components["schemas"]["Problem"] & {
                        /** @enum {unknown} */
                        code?: "insufficient_scope";
                    };
                };
            };
            /** @description There is no such thing, or not for this caller. */
            404: {
                headers: {
                    "Apigw-Requestid": components["headers"]["Apigw-Requestid"];
                    "Cache-Control": components["headers"]["Cache-Control"];
                    "Content-Language": components["headers"]["Content-Language"];
                    "Content-Security-Policy": components["headers"]["Content-Security-Policy"];
                    RateLimit: components["headers"]["RateLimit"];
                    "RateLimit-Policy": components["headers"]["RateLimit-Policy"];
                    "Strict-Transport-Security": components["headers"]["Strict-Transport-Security"];
                    Vary: components["headers"]["Problem-Vary"];
                    "X-Content-Type-Options": components["headers"]["X-Content-Type-Options"];
                    "X-Request-Id": components["headers"]["X-Request-Id"];
                    [name: string]: unknown;
                };
                content: {
                    "application/problem+json": components["schemas"]["Problem"] & {
                        /** @enum {unknown} */
                        code?: "appointment_not_found" | "path_unknown";
                    };
                };
            };
            /** @description The method is not known here. */
            405: {
                headers: {
                    Allow: components["headers"]["Allow"];
                    "Apigw-Requestid": components["headers"]["Apigw-Requestid"];
                    "Cache-Control": components["headers"]["Cache-Control"];
                    "Content-Language": components["headers"]["Content-Language"];
                    "Content-Security-Policy": components["headers"]["Content-Security-Policy"];
                    RateLimit: components["headers"]["RateLimit"];
                    "RateLimit-Policy": components["headers"]["RateLimit-Policy"];
                    "Strict-Transport-Security": components["headers"]["Strict-Transport-Security"];
                    Vary: components["headers"]["Problem-Vary"];
                    "X-Content-Type-Options": components["headers"]["X-Content-Type-Options"];
                    "X-Request-Id": components["headers"]["X-Request-Id"];
                    [name: string]: unknown;
                };
                content: {
                    "application/problem+json": components["schemas"]["Problem"] & {
                        /** @enum {unknown} */
                        code?: "method_not_allowed";
                    };
                };
            };
            /** @description The appointment is in no state for this. */
            409: {
                headers: {
                    "Apigw-Requestid": components["headers"]["Apigw-Requestid"];
                    "Cache-Control": components["headers"]["Cache-Control"];
                    "Content-Language": components["headers"]["Content-Language"];
                    "Content-Security-Policy": components["headers"]["Content-Security-Policy"];
                    RateLimit: components["headers"]["RateLimit"];
                    "RateLimit-Policy": components["headers"]["RateLimit-Policy"];
                    "Strict-Transport-Security": components["headers"]["Strict-Transport-Security"];
                    Vary: components["headers"]["Problem-Vary"];
                    "X-Content-Type-Options": components["headers"]["X-Content-Type-Options"];
                    "X-Request-Id": components["headers"]["X-Request-Id"];
                    [name: string]: unknown;
                };
                content: {
                    "application/problem+json": components["schemas"]["Problem"] & {
                        /** @enum {unknown} */
                        code?: "appointment_rejected" | "change_in_progress";
                    };
                };
            };
            /** @description The appointment has changed since it was read. */
            412: {
                headers: {
                    "Apigw-Requestid": components["headers"]["Apigw-Requestid"];
                    "Cache-Control": components["headers"]["Cache-Control"];
                    "Content-Language": components["headers"]["Content-Language"];
                    "Content-Security-Policy": components["headers"]["Content-Security-Policy"];
                    RateLimit: components["headers"]["RateLimit"];
                    "RateLimit-Policy": components["headers"]["RateLimit-Policy"];
                    "Strict-Transport-Security": components["headers"]["Strict-Transport-Security"];
                    Vary: components["headers"]["Problem-Vary"];
                    "X-Content-Type-Options": components["headers"]["X-Content-Type-Options"];
                    "X-Request-Id": components["headers"]["X-Request-Id"];
                    [name: string]: unknown;
                };
                content: {
                    "application/problem+json": components["schemas"]["Problem"] & {
                        /** @enum {unknown} */
                        code?: "version_stale";
                    };
                };
            };
            /** @description The body is too large. */
            413: {
                headers: {
                    "Apigw-Requestid": components["headers"]["Apigw-Requestid"];
                    "Cache-Control": components["headers"]["Cache-Control"];
                    "Content-Language": components["headers"]["Content-Language"];
                    "Content-Security-Policy": components["headers"]["Content-Security-Policy"];
                    RateLimit: components["headers"]["RateLimit"];
                    "RateLimit-Policy": components["headers"]["RateLimit-Policy"];
                    "Strict-Transport-Security": components["headers"]["Strict-Transport-Security"];
                    Vary: components["headers"]["Problem-Vary"];
                    "X-Content-Type-Options": components["headers"]["X-Content-Type-Options"];
                    "X-Request-Id": components["headers"]["X-Request-Id"];
                    [name: string]: unknown;
                };
                content: {
                    /**
                     * @example {
                     *       "message": "Request Entity Too Large"
                     *     }
                     */
                    "application/json": components["schemas"]["GatewayMessage"];
                    "application/problem+json": components["schemas"]["Problem"] & {
                        /** @enum {unknown} */
                        code?: "body_too_large";
                    };
                };
            };
            /** @description The body is of another type, or encoded. */
            415: {
                headers: {
                    "Accept-Encoding": components["headers"]["Accept-Encoding"];
                    "Accept-Post": components["headers"]["Accept-Post"];
                    "Apigw-Requestid": components["headers"]["Apigw-Requestid"];
                    "Cache-Control": components["headers"]["Cache-Control"];
                    "Content-Language": components["headers"]["Content-Language"];
                    "Content-Security-Policy": components["headers"]["Content-Security-Policy"];
                    RateLimit: components["headers"]["RateLimit"];
                    "RateLimit-Policy": components["headers"]["RateLimit-Policy"];
                    "Strict-Transport-Security": components["headers"]["Strict-Transport-Security"];
                    Vary: components["headers"]["Problem-Vary"];
                    "X-Content-Type-Options": components["headers"]["X-Content-Type-Options"];
                    "X-Request-Id": components["headers"]["X-Request-Id"];
                    [name: string]: unknown;
                };
                content: {
                    "application/problem+json": components["schemas"]["Problem"] & {
                        /** @enum {unknown} */
                        code?: "content_type_unsupported";
                    };
                };
            };
            /** @description The request is read, but cannot be met. */
            422: {
                headers: {
                    "Apigw-Requestid": components["headers"]["Apigw-Requestid"];
                    "Cache-Control": components["headers"]["Cache-Control"];
                    "Content-Language": components["headers"]["Content-Language"];
                    "Content-Security-Policy": components["headers"]["Content-Security-Policy"];
                    RateLimit: components["headers"]["RateLimit"];
                    "RateLimit-Policy": components["headers"]["RateLimit-Policy"];
                    "Strict-Transport-Security": components["headers"]["Strict-Transport-Security"];
                    Vary: components["headers"]["Problem-Vary"];
                    "X-Content-Type-Options": components["headers"]["X-Content-Type-Options"];
                    "X-Request-Id": components["headers"]["X-Request-Id"];
                    [name: string]: unknown;
                };
                content: {
                    "application/problem+json": components["schemas"]["Problem"] & {
                        /** @enum {unknown} */
                        code?: "fields_invalid" | "idempotency_key_reused";
                    };
                };
            };
            /** @description Too many requests; try again later. */
            429: {
                headers: {
                    "Apigw-Requestid": components["headers"]["Apigw-Requestid"];
                    "Cache-Control": components["headers"]["Cache-Control"];
                    "Content-Language": components["headers"]["Content-Language"];
                    "Content-Security-Policy": components["headers"]["Content-Security-Policy"];
                    RateLimit: components["headers"]["RateLimit"];
                    "RateLimit-Policy": components["headers"]["RateLimit-Policy"];
                    "Retry-After": components["headers"]["Retry-After"];
                    "Strict-Transport-Security": components["headers"]["Strict-Transport-Security"];
                    Vary: components["headers"]["Problem-Vary"];
                    "X-Content-Type-Options": components["headers"]["X-Content-Type-Options"];
                    "X-Request-Id": components["headers"]["X-Request-Id"];
                    [name: string]: unknown;
                };
                content: {
                    /**
                     * @example {
                     *       "message": "Too Many Requests"
                     *     }
                     */
                    "application/json": components["schemas"]["GatewayMessage"];
                    "application/problem+json": components["schemas"]["Problem"] & {
                        /** @enum {unknown} */
                        code?: "too_many_requests";
                    };
                };
            };
            /** @description The fault is ours. */
            500: {
                headers: {
                    "Apigw-Requestid": components["headers"]["Apigw-Requestid"];
                    "Cache-Control": components["headers"]["Cache-Control"];
                    "Content-Language": components["headers"]["Content-Language"];
                    "Content-Security-Policy": components["headers"]["Content-Security-Policy"];
                    RateLimit: components["headers"]["RateLimit"];
                    "RateLimit-Policy": components["headers"]["RateLimit-Policy"];
                    "Strict-Transport-Security": components["headers"]["Strict-Transport-Security"];
                    Vary: components["headers"]["Problem-Vary"];
                    "X-Content-Type-Options": components["headers"]["X-Content-Type-Options"];
                    "X-Request-Id": components["headers"]["X-Request-Id"];
                    [name: string]: unknown;
                };
                content: {
                    /**
                     * @example {
                     *       "message": "Internal Server Error"
                     *     }
                     */
                    "application/json": components["schemas"]["GatewayMessage"];
                    "application/problem+json": components["schemas"]["Problem"] & {
                        /** @enum {unknown} */
                        code?: "internal";
                    };
                };
            };
            /** @description The service is not available now; try again later. */
            503: {
                headers: {
                    "Apigw-Requestid": components["headers"]["Apigw-Requestid"];
                    "Cache-Control": components["headers"]["Cache-Control"];
                    "Content-Language": components["headers"]["Content-Language"];
                    "Content-Security-Policy": components["headers"]["Content-Security-Policy"];
                    RateLimit: components["headers"]["RateLimit"];
                    "RateLimit-Policy": components["headers"]["RateLimit-Policy"];
                    "Retry-After": components["headers"]["Retry-After"];
                    "Strict-Transport-Security": components["headers"]["Strict-Transport-Security"];
                    Vary: components["headers"]["Problem-Vary"];
                    "X-Content-Type-Options": components["headers"]["X-Content-Type-Options"];
                    "X-Request-Id": components["headers"]["X-Request-Id"];
                    [name: string]: unknown;
                };
                content: {
                    /**
                     * @example {
                     *       "message": "Service Unavailable"
                     *     }
                     */
                    "application/json": components["schemas"]["GatewayMessage"];
                    "application/problem+json": components["schemas"]["Problem"] & {
                        /** @enum {unknown} */
                        code?: "unavailable";
                    };
                };
            };
            default: components["responses"]["BeforeRouting"];
        };
    };
    getAppointmentHistory: {
        parameters: {
            query?: never;
            header?: never;
            path: {
                /** @description The appointment: a UUIDv7 in lower case. */
                appointmentId: string;
                /** @description The insured person: exactly five digits. */
                insuredId: string;
            };
            cookie?: never;
        };
        requestBody?: never;
        responses: {
            /** @description The history. */
            200: {
                headers: {
                    "Apigw-Requestid": components["headers"]["Apigw-Requestid"];
                    "Cache-Control": components["headers"]["Cache-Control"];
                    "Content-Security-Policy": components["headers"]["Content-Security-Policy"];
                    RateLimit: components["headers"]["RateLimit"];
                    "RateLimit-Policy": components["headers"]["RateLimit-Policy"];
                    "Strict-Transport-Security": components["headers"]["Strict-Transport-Security"];
                    "X-Content-Type-Options": components["headers"]["X-Content-Type-Options"];
                    "X-Request-Id": components["headers"]["X-Request-Id"];
                    [name: string]: unknown;
                };
                content: {
                    "application/json": components["schemas"]["AppointmentHistory"];
                };
            };
            /** @description The request is not as it should be. */
            400: {
                headers: {
                    "Apigw-Requestid": components["headers"]["Apigw-Requestid"];
                    "Cache-Control": components["headers"]["Cache-Control"];
                    "Content-Language": components["headers"]["Content-Language"];
                    "Content-Security-Policy": components["headers"]["Content-Security-Policy"];
                    RateLimit: components["headers"]["RateLimit"];
                    "RateLimit-Policy": components["headers"]["RateLimit-Policy"];
                    "Strict-Transport-Security": components["headers"]["Strict-Transport-Security"];
                    Vary: components["headers"]["Problem-Vary"];
                    "X-Content-Type-Options": components["headers"]["X-Content-Type-Options"];
                    "X-Request-Id": components["headers"]["X-Request-Id"];
                    [name: string]: unknown;
                };
                content: {
                    "application/problem+json": components["schemas"]["Problem"] & {
                        /** @enum {unknown} */
                        code?: "parameters_invalid";
                    };
                };
            };
            /** @description The token is missing or not valid. */
            401: {
                headers: {
                    "Apigw-Requestid": components["headers"]["Apigw-Requestid"];
                    "Cache-Control": components["headers"]["Cache-Control"];
                    "Content-Language": components["headers"]["Content-Language"];
                    "Content-Security-Policy": components["headers"]["Content-Security-Policy"];
                    RateLimit: components["headers"]["RateLimit"];
                    "RateLimit-Policy": components["headers"]["RateLimit-Policy"];
                    "Strict-Transport-Security": components["headers"]["Strict-Transport-Security"];
                    Vary: components["headers"]["Problem-Vary"];
                    "WWW-Authenticate": components["headers"]["WWW-Authenticate"];
                    "X-Content-Type-Options": components["headers"]["X-Content-Type-Options"];
                    "X-Request-Id": components["headers"]["X-Request-Id"];
                    [name: string]: unknown;
                };
                content: {
                    /**
                     * @example {
                     *       "message": "Unauthorized"
                     *     }
                     */
                    "application/json": components["schemas"]["GatewayMessage"];
                    "application/problem+json": components["schemas"]["Problem"] & {
                        /** @enum {unknown} */
                        code?: "unauthorized";
                    };
                };
            };
            /** @description The token has not the scope of the operation. */
            403: {
                headers: {
                    "Apigw-Requestid": components["headers"]["Apigw-Requestid"];
                    "Cache-Control": components["headers"]["Cache-Control"];
                    "Content-Language": components["headers"]["Content-Language"];
                    "Content-Security-Policy": components["headers"]["Content-Security-Policy"];
                    RateLimit: components["headers"]["RateLimit"];
                    "RateLimit-Policy": components["headers"]["RateLimit-Policy"];
                    "Strict-Transport-Security": components["headers"]["Strict-Transport-Security"];
                    Vary: components["headers"]["Problem-Vary"];
                    "WWW-Authenticate": components["headers"]["WWW-Authenticate"];
                    "X-Content-Type-Options": components["headers"]["X-Content-Type-Options"];
                    "X-Request-Id": components["headers"]["X-Request-Id"];
                    [name: string]: unknown;
                };
                content: {
                    /**
                     * @example {
                     *       "message": "Forbidden"
                     *     }
                     */
                    "application/json": components["schemas"]["GatewayMessage"];
                    "application/problem+json": components["schemas"]["Problem"] & {
                        /** @enum {unknown} */
                        code?: "insufficient_scope";
                    };
                };
            };
            /** @description There is no such thing, or not for this caller. */
            404: {
                headers: {
                    "Apigw-Requestid": components["headers"]["Apigw-Requestid"];
                    "Cache-Control": components["headers"]["Cache-Control"];
                    "Content-Language": components["headers"]["Content-Language"];
                    "Content-Security-Policy": components["headers"]["Content-Security-Policy"];
                    RateLimit: components["headers"]["RateLimit"];
                    "RateLimit-Policy": components["headers"]["RateLimit-Policy"];
                    "Strict-Transport-Security": components["headers"]["Strict-Transport-Security"];
                    Vary: components["headers"]["Problem-Vary"];
                    "X-Content-Type-Options": components["headers"]["X-Content-Type-Options"];
                    "X-Request-Id": components["headers"]["X-Request-Id"];
                    [name: string]: unknown;
                };
                content: {
                    "application/problem+json": components["schemas"]["Problem"] & {
                        /** @enum {unknown} */
                        code?: "appointment_not_found" | "path_unknown";
                    };
                };
            };
            /** @description The method is not known here. */
            405: {
                headers: {
                    Allow: components["headers"]["Allow"];
                    "Apigw-Requestid": components["headers"]["Apigw-Requestid"];
                    "Cache-Control": components["headers"]["Cache-Control"];
                    "Content-Language": components["headers"]["Content-Language"];
                    "Content-Security-Policy": components["headers"]["Content-Security-Policy"];
                    RateLimit: components["headers"]["RateLimit"];
                    "RateLimit-Policy": components["headers"]["RateLimit-Policy"];
                    "Strict-Transport-Security": components["headers"]["Strict-Transport-Security"];
                    Vary: components["headers"]["Problem-Vary"];
                    "X-Content-Type-Options": components["headers"]["X-Content-Type-Options"];
                    "X-Request-Id": components["headers"]["X-Request-Id"];
                    [name: string]: unknown;
                };
                content: {
                    "application/problem+json": components["schemas"]["Problem"] & {
                        /** @enum {unknown} */
                        code?: "method_not_allowed";
                    };
                };
            };
            /** @description Too many requests; try again later. */
            429: {
                headers: {
                    "Apigw-Requestid": components["headers"]["Apigw-Requestid"];
                    "Cache-Control": components["headers"]["Cache-Control"];
                    "Content-Language": components["headers"]["Content-Language"];
                    "Content-Security-Policy": components["headers"]["Content-Security-Policy"];
                    RateLimit: components["headers"]["RateLimit"];
                    "RateLimit-Policy": components["headers"]["RateLimit-Policy"];
                    "Retry-After": components["headers"]["Retry-After"];
                    "Strict-Transport-Security": components["headers"]["Strict-Transport-Security"];
                    Vary: components["headers"]["Problem-Vary"];
                    "X-Content-Type-Options": components["headers"]["X-Content-Type-Options"];
                    "X-Request-Id": components["headers"]["X-Request-Id"];
                    [name: string]: unknown;
                };
                content: {
                    /**
                     * @example {
                     *       "message": "Too Many Requests"
                     *     }
                     */
                    "application/json": components["schemas"]["GatewayMessage"];
                    "application/problem+json": components["schemas"]["Problem"] & {
                        /** @enum {unknown} */
                        code?: "too_many_requests";
                    };
                };
            };
            /** @description The fault is ours. */
            500: {
                headers: {
                    "Apigw-Requestid": components["headers"]["Apigw-Requestid"];
                    "Cache-Control": components["headers"]["Cache-Control"];
                    "Content-Language": components["headers"]["Content-Language"];
                    "Content-Security-Policy": components["headers"]["Content-Security-Policy"];
                    RateLimit: components["headers"]["RateLimit"];
                    "RateLimit-Policy": components["headers"]["RateLimit-Policy"];
                    "Strict-Transport-Security": components["headers"]["Strict-Transport-Security"];
                    Vary: components["headers"]["Problem-Vary"];
                    "X-Content-Type-Options": components["headers"]["X-Content-Type-Options"];
                    "X-Request-Id": components["headers"]["X-Request-Id"];
                    [name: string]: unknown;
                };
                content: {
                    /**
                     * @example {
                     *       "message": "Internal Server Error"
                     *     }
                     */
                    "application/json": components["schemas"]["GatewayMessage"];
                    "application/problem+json": components["schemas"]["Problem"] & {
                        /** @enum {unknown} */
                        code?: "internal";
                    };
                };
            };
            /** @description The service is not available now; try again later. */
            503: {
                headers: {
                    "Apigw-Requestid": components["headers"]["Apigw-Requestid"];
                    "Cache-Control": components["headers"]["Cache-Control"];
                    "Content-Language": components["headers"]["Content-Language"];
                    "Content-Security-Policy": components["headers"]["Content-Security-Policy"];
                    RateLimit: components["headers"]["RateLimit"];
                    "RateLimit-Policy": components["headers"]["RateLimit-Policy"];
                    "Retry-After": components["headers"]["Retry-After"];
                    "Strict-Transport-Security": components["headers"]["Strict-Transport-Security"];
                    Vary: components["headers"]["Problem-Vary"];
                    "X-Content-Type-Options": components["headers"]["X-Content-Type-Options"];
                    "X-Request-Id": components["headers"]["X-Request-Id"];
                    [name: string]: unknown;
                };
                content: {
                    /**
                     * @example {
                     *       "message": "Service Unavailable"
                     *     }
                     */
                    "application/json": components["schemas"]["GatewayMessage"];
                    "application/problem+json": components["schemas"]["Problem"] & {
                        /** @enum {unknown} */
                        code?: "unavailable";
                    };
                };
            };
            default: components["responses"]["BeforeRouting"];
        };
    };
    rescheduleAppointment: {
        parameters: {
            query?: never;
            header?: {
                /** @description A key of your own, e.g. a UUID: a repeat with the same key and body does nothing new and answers the same appointment. 1 to 255 visible ASCII characters without a comma. */
                "Idempotency-Key"?: string;
                /** @description The `ETag` of the appointment as you know it: when it has changed since, nothing is done. */
                "If-Match"?: string;
                /** @description Your trace (W3C Trace Context), carried through to the country. A broken one is ignored. */
                traceparent?: string;
            };
            path: {
                /** @description The appointment: a UUIDv7 in lower case. */
                appointmentId: string;
                /** @description The insured person: exactly five digits. */
                insuredId: string;
            };
            cookie?: never;
        };
        requestBody: {
            content: {
                "application/json": components["schemas"]["RescheduleRequest"];
            };
        };
        responses: {
            /** @description The appointment with its change, which the country has still to make; or as it was, when it is as wanted already. */
            202: {
                headers: {
                    "Apigw-Requestid": components["headers"]["Apigw-Requestid"];
                    "Cache-Control": components["headers"]["Cache-Control"];
                    "Content-Security-Policy": components["headers"]["Content-Security-Policy"];
                    ETag: components["headers"]["ETag"];
                    "Idempotency-Replayed": components["headers"]["Idempotency-Replayed"];
                    Location: components["headers"]["Location"];
                    RateLimit: components["headers"]["RateLimit"];
                    "RateLimit-Policy": components["headers"]["RateLimit-Policy"];
                    "Retry-After": components["headers"]["Retry-After"];
                    "Strict-Transport-Security": components["headers"]["Strict-Transport-Security"];
                    "X-Content-Type-Options": components["headers"]["X-Content-Type-Options"];
                    "X-Request-Id": components["headers"]["X-Request-Id"];
                    [name: string]: unknown;
                };
                content: {
                    "application/json": components["schemas"]["Appointment"];
                };
            };
            /** @description The request is not as it should be. */
            400: {
                headers: {
                    "Apigw-Requestid": components["headers"]["Apigw-Requestid"];
                    "Cache-Control": components["headers"]["Cache-Control"];
                    "Content-Language": components["headers"]["Content-Language"];
                    "Content-Security-Policy": components["headers"]["Content-Security-Policy"];
                    RateLimit: components["headers"]["RateLimit"];
                    "RateLimit-Policy": components["headers"]["RateLimit-Policy"];
                    "Strict-Transport-Security": components["headers"]["Strict-Transport-Security"];
                    Vary: components["headers"]["Problem-Vary"];
                    "X-Content-Type-Options": components["headers"]["X-Content-Type-Options"];
                    "X-Request-Id": components["headers"]["X-Request-Id"];
                    [name: string]: unknown;
                };
                content: {
                    "application/problem+json": components["schemas"]["Problem"] & {
                        /** @enum {unknown} */
                        code?: "body_missing" | "body_not_json" | "idempotency_key_invalid" | "if_match_invalid" | "parameters_invalid";
                    };
                };
            };
            /** @description The token is missing or not valid. */
            401: {
                headers: {
                    "Apigw-Requestid": components["headers"]["Apigw-Requestid"];
                    "Cache-Control": components["headers"]["Cache-Control"];
                    "Content-Language": components["headers"]["Content-Language"];
                    "Content-Security-Policy": components["headers"]["Content-Security-Policy"];
                    RateLimit: components["headers"]["RateLimit"];
                    "RateLimit-Policy": components["headers"]["RateLimit-Policy"];
                    "Strict-Transport-Security": components["headers"]["Strict-Transport-Security"];
                    Vary: components["headers"]["Problem-Vary"];
                    "WWW-Authenticate": components["headers"]["WWW-Authenticate"];
                    "X-Content-Type-Options": components["headers"]["X-Content-Type-Options"];
                    "X-Request-Id": components["headers"]["X-Request-Id"];
                    [name: string]: unknown;
                };
                content: {
                    /**
                     * @example {
                     *       "message": "Unauthorized"
                     *     }
                     */
                    "application/json": components["schemas"]["GatewayMessage"];
                    "application/problem+json": components["schemas"]["Problem"] & {
                        /** @enum {unknown} */
                        code?: "unauthorized";
                    };
                };
            };
            /** @description The token has not the scope of the operation. */
            403: {
                headers: {
                    "Apigw-Requestid": components["headers"]["Apigw-Requestid"];
                    "Cache-Control": components["headers"]["Cache-Control"];
                    "Content-Language": components["headers"]["Content-Language"];
                    "Content-Security-Policy": components["headers"]["Content-Security-Policy"];
                    RateLimit: components["headers"]["RateLimit"];
                    "RateLimit-Policy": components["headers"]["RateLimit-Policy"];
                    "Strict-Transport-Security": components["headers"]["Strict-Transport-Security"];
                    Vary: components["headers"]["Problem-Vary"];
                    "WWW-Authenticate": components["headers"]["WWW-Authenticate"];
                    "X-Content-Type-Options": components["headers"]["X-Content-Type-Options"];
                    "X-Request-Id": components["headers"]["X-Request-Id"];
                    [name: string]: unknown;
                };
                content: {
                    /**
                     * @example {
                     *       "message": "Forbidden"
                     *     }
                     */
                    "application/json": components["schemas"]["GatewayMessage"];
                    "application/problem+json": components["schemas"]["Problem"] & {
                        /** @enum {unknown} */
                        code?: "insufficient_scope";
                    };
                };
            };
            /** @description There is no such thing, or not for this caller. */
            404: {
                headers: {
                    "Apigw-Requestid": components["headers"]["Apigw-Requestid"];
                    "Cache-Control": components["headers"]["Cache-Control"];
                    "Content-Language": components["headers"]["Content-Language"];
                    "Content-Security-Policy": components["headers"]["Content-Security-Policy"];
                    RateLimit: components["headers"]["RateLimit"];
                    "RateLimit-Policy": components["headers"]["RateLimit-Policy"];
                    "Strict-Transport-Security": components["headers"]["Strict-Transport-Security"];
                    Vary: components["headers"]["Problem-Vary"];
                    "X-Content-Type-Options": components["headers"]["X-Content-Type-Options"];
                    "X-Request-Id": components["headers"]["X-Request-Id"];
                    [name: string]: unknown;
                };
                content: {
                    "application/problem+json": components["schemas"]["Problem"] & {
                        /** @enum {unknown} */
                        code?: "appointment_not_found" | "path_unknown";
                    };
                };
            };
            /** @description The method is not known here. */
            405: {
                headers: {
                    Allow: components["headers"]["Allow"];
                    "Apigw-Requestid": components["headers"]["Apigw-Requestid"];
                    "Cache-Control": components["headers"]["Cache-Control"];
                    "Content-Language": components["headers"]["Content-Language"];
                    "Content-Security-Policy": components["headers"]["Content-Security-Policy"];
                    RateLimit: components["headers"]["RateLimit"];
                    "RateLimit-Policy": components["headers"]["RateLimit-Policy"];
                    "Strict-Transport-Security": components["headers"]["Strict-Transport-Security"];
                    Vary: components["headers"]["Problem-Vary"];
                    "X-Content-Type-Options": components["headers"]["X-Content-Type-Options"];
                    "X-Request-Id": components["headers"]["X-Request-Id"];
                    [name: string]: unknown;
                };
                content: {
                    "application/problem+json": components["schemas"]["Problem"] & {
                        /** @enum {unknown} */
                        code?: "method_not_allowed";
                    };
                };
            };
            /** @description The appointment is in no state for this. */
            409: {
                headers: {
                    "Apigw-Requestid": components["headers"]["Apigw-Requestid"];
                    "Cache-Control": components["headers"]["Cache-Control"];
                    "Content-Language": components["headers"]["Content-Language"];
                    "Content-Security-Policy": components["headers"]["Content-Security-Policy"];
                    RateLimit: components["headers"]["RateLimit"];
                    "RateLimit-Policy": components["headers"]["RateLimit-Policy"];
                    "Strict-Transport-Security": components["headers"]["Strict-Transport-Security"];
                    Vary: components["headers"]["Problem-Vary"];
                    "X-Content-Type-Options": components["headers"]["X-Content-Type-Options"];
                    "X-Request-Id": components["headers"]["X-Request-Id"];
                    [name: string]: unknown;
                };
                content: {
                    "application/problem+json": components["schemas"]["Problem"] & {
                        /** @enum {unknown} */
                        code?: "appointment_cancelled" | "appointment_pending" | "appointment_rejected" | "change_in_progress" | "changes_exhausted";
                    };
                };
            };
            /** @description The appointment has changed since it was read. */
            412: {
                headers: {
                    "Apigw-Requestid": components["headers"]["Apigw-Requestid"];
                    "Cache-Control": components["headers"]["Cache-Control"];
                    "Content-Language": components["headers"]["Content-Language"];
                    "Content-Security-Policy": components["headers"]["Content-Security-Policy"];
                    RateLimit: components["headers"]["RateLimit"];
                    "RateLimit-Policy": components["headers"]["RateLimit-Policy"];
                    "Strict-Transport-Security": components["headers"]["Strict-Transport-Security"];
                    Vary: components["headers"]["Problem-Vary"];
                    "X-Content-Type-Options": components["headers"]["X-Content-Type-Options"];
                    "X-Request-Id": components["headers"]["X-Request-Id"];
                    [name: string]: unknown;
                };
                content: {
                    "application/problem+json": components["schemas"]["Problem"] & {
                        /** @enum {unknown} */
                        code?: "version_stale";
                    };
                };
            };
            /** @description The body is too large. */
            413: {
                headers: {
                    "Apigw-Requestid": components["headers"]["Apigw-Requestid"];
                    "Cache-Control": components["headers"]["Cache-Control"];
                    "Content-Language": components["headers"]["Content-Language"];
                    "Content-Security-Policy": components["headers"]["Content-Security-Policy"];
                    RateLimit: components["headers"]["RateLimit"];
                    "RateLimit-Policy": components["headers"]["RateLimit-Policy"];
                    "Strict-Transport-Security": components["headers"]["Strict-Transport-Security"];
                    Vary: components["headers"]["Problem-Vary"];
                    "X-Content-Type-Options": components["headers"]["X-Content-Type-Options"];
                    "X-Request-Id": components["headers"]["X-Request-Id"];
                    [name: string]: unknown;
                };
                content: {
                    /**
                     * @example {
                     *       "message": "Request Entity Too Large"
                     *     }
                     */
                    "application/json": components["schemas"]["GatewayMessage"];
                    "application/problem+json": components["schemas"]["Problem"] & {
                        /** @enum {unknown} */
                        code?: "body_too_large";
                    };
                };
            };
            /** @description The body is of another type, or encoded. */
            415: {
                headers: {
                    "Accept-Encoding": components["headers"]["Accept-Encoding"];
                    "Accept-Post": components["headers"]["Accept-Post"];
                    "Apigw-Requestid": components["headers"]["Apigw-Requestid"];
                    "Cache-Control": components["headers"]["Cache-Control"];
                    "Content-Language": components["headers"]["Content-Language"];
                    "Content-Security-Policy": components["headers"]["Content-Security-Policy"];
                    RateLimit: components["headers"]["RateLimit"];
                    "RateLimit-Policy": components["headers"]["RateLimit-Policy"];
                    "Strict-Transport-Security": components["headers"]["Strict-Transport-Security"];
                    Vary: components["headers"]["Problem-Vary"];
                    "X-Content-Type-Options": components["headers"]["X-Content-Type-Options"];
                    "X-Request-Id": components["headers"]["X-Request-Id"];
                    [name: string]: unknown;
                };
                content: {
                    "application/problem+json": components["schemas"]["Problem"] & {
                        /** @enum {unknown} */
                        code?: "content_type_unsupported";
                    };
                };
            };
            /** @description The request is read, but cannot be met. */
            422: {
                headers: {
                    "Apigw-Requestid": components["headers"]["Apigw-Requestid"];
                    "Cache-Control": components["headers"]["Cache-Control"];
                    "Content-Language": components["headers"]["Content-Language"];
                    "Content-Security-Policy": components["headers"]["Content-Security-Policy"];
                    RateLimit: components["headers"]["RateLimit"];
                    "RateLimit-Policy": components["headers"]["RateLimit-Policy"];
                    "Strict-Transport-Security": components["headers"]["Strict-Transport-Security"];
                    Vary: components["headers"]["Problem-Vary"];
                    "X-Content-Type-Options": components["headers"]["X-Content-Type-Options"];
                    "X-Request-Id": components["headers"]["X-Request-Id"];
                    [name: string]: unknown;
                };
                content: {
                    "application/problem+json": components["schemas"]["Problem"] & {
                        /** @enum {unknown} */
                        code?: "fields_invalid" | "idempotency_key_reused";
                    };
                };
            };
            /** @description Too many requests; try again later. */
            429: {
                headers: {
                    "Apigw-Requestid": components["headers"]["Apigw-Requestid"];
                    "Cache-Control": components["headers"]["Cache-Control"];
                    "Content-Language": components["headers"]["Content-Language"];
                    "Content-Security-Policy": components["headers"]["Content-Security-Policy"];
                    RateLimit: components["headers"]["RateLimit"];
                    "RateLimit-Policy": components["headers"]["RateLimit-Policy"];
                    "Retry-After": components["headers"]["Retry-After"];
                    "Strict-Transport-Security": components["headers"]["Strict-Transport-Security"];
                    Vary: components["headers"]["Problem-Vary"];
                    "X-Content-Type-Options": components["headers"]["X-Content-Type-Options"];
                    "X-Request-Id": components["headers"]["X-Request-Id"];
                    [name: string]: unknown;
                };
                content: {
                    /**
                     * @example {
                     *       "message": "Too Many Requests"
                     *     }
                     */
                    "application/json": components["schemas"]["GatewayMessage"];
                    "application/problem+json": components["schemas"]["Problem"] & {
                        /** @enum {unknown} */
                        code?: "too_many_requests";
                    };
                };
            };
            /** @description The fault is ours. */
            500: {
                headers: {
                    "Apigw-Requestid": components["headers"]["Apigw-Requestid"];
                    "Cache-Control": components["headers"]["Cache-Control"];
                    "Content-Language": components["headers"]["Content-Language"];
                    "Content-Security-Policy": components["headers"]["Content-Security-Policy"];
                    RateLimit: components["headers"]["RateLimit"];
                    "RateLimit-Policy": components["headers"]["RateLimit-Policy"];
                    "Strict-Transport-Security": components["headers"]["Strict-Transport-Security"];
                    Vary: components["headers"]["Problem-Vary"];
                    "X-Content-Type-Options": components["headers"]["X-Content-Type-Options"];
                    "X-Request-Id": components["headers"]["X-Request-Id"];
                    [name: string]: unknown;
                };
                content: {
                    /**
                     * @example {
                     *       "message": "Internal Server Error"
                     *     }
                     */
                    "application/json": components["schemas"]["GatewayMessage"];
                    "application/problem+json": components["schemas"]["Problem"] & {
                        /** @enum {unknown} */
                        code?: "internal";
                    };
                };
            };
            /** @description The service is not available now; try again later. */
            503: {
                headers: {
                    "Apigw-Requestid": components["headers"]["Apigw-Requestid"];
                    "Cache-Control": components["headers"]["Cache-Control"];
                    "Content-Language": components["headers"]["Content-Language"];
                    "Content-Security-Policy": components["headers"]["Content-Security-Policy"];
                    RateLimit: components["headers"]["RateLimit"];
                    "RateLimit-Policy": components["headers"]["RateLimit-Policy"];
                    "Retry-After": components["headers"]["Retry-After"];
                    "Strict-Transport-Security": components["headers"]["Strict-Transport-Security"];
                    Vary: components["headers"]["Problem-Vary"];
                    "X-Content-Type-Options": components["headers"]["X-Content-Type-Options"];
                    "X-Request-Id": components["headers"]["X-Request-Id"];
                    [name: string]: unknown;
                };
                content: {
                    /**
                     * @example {
                     *       "message": "Service Unavailable"
                     *     }
                     */
                    "application/json": components["schemas"]["GatewayMessage"];
                    "application/problem+json": components["schemas"]["Problem"] & {
                        /** @enum {unknown} */
                        code?: "unavailable";
                    };
                };
            };
            default: components["responses"]["BeforeRouting"];
        };
    };
    readDocs: {
        parameters: {
            query?: never;
            header?: {
                /** @description The `ETag` of the appointment as you know it: when it is still that, the answer has no body. */
                "If-None-Match"?: string;
            };
            path?: never;
            cookie?: never;
        };
        requestBody?: never;
        responses: {
            /** @description The page. */
            200: {
                headers: {
                    "Apigw-Requestid": components["headers"]["Apigw-Requestid"];
                    "Cache-Control": components["headers"]["File-Cache-Control"];
                    "Content-Encoding": components["headers"]["File-Content-Encoding"];
                    "Content-Security-Policy": components["headers"]["File-Content-Security-Policy"];
                    ETag: components["headers"]["File-ETag"];
                    "Strict-Transport-Security": components["headers"]["Strict-Transport-Security"];
                    Vary: components["headers"]["File-Vary"];
                    "X-Content-Type-Options": components["headers"]["X-Content-Type-Options"];
                    [name: string]: unknown;
                };
                content: {
                    "text/html; charset=utf-8": string;
                };
            };
            /** @description It is as you know it. */
            304: {
                headers: {
                    "Apigw-Requestid": components["headers"]["Apigw-Requestid"];
                    "Cache-Control": components["headers"]["File-Cache-Control"];
                    "Content-Encoding": components["headers"]["File-Content-Encoding"];
                    "Content-Security-Policy": components["headers"]["File-Content-Security-Policy"];
                    ETag: components["headers"]["File-ETag"];
                    "Strict-Transport-Security": components["headers"]["Strict-Transport-Security"];
                    Vary: components["headers"]["File-Vary"];
                    "X-Content-Type-Options": components["headers"]["X-Content-Type-Options"];
                    [name: string]: unknown;
                };
                content?: never;
            };
            /** @description Too many requests; try again later. */
            429: {
                headers: {
                    "Apigw-Requestid": components["headers"]["Apigw-Requestid"];
                    [name: string]: unknown;
                };
                content: {
                    /**
                     * @example {
                     *       "message": "Too Many Requests"
                     *     }
                     */
                    "application/json": components["schemas"]["GatewayMessage"];
                };
            };
            /** @description The fault is ours. */
            500: {
                headers: {
                    "Apigw-Requestid": components["headers"]["Apigw-Requestid"];
                    [name: string]: unknown;
                };
                content: {
                    /**
                     * @example {
                     *       "message": "Internal Server Error"
                     *     }
                     */
                    "application/json": components["schemas"]["GatewayMessage"];
                };
            };
            /** @description The service is not available now; try again later. */
            503: {
                headers: {
                    "Apigw-Requestid": components["headers"]["Apigw-Requestid"];
                    [name: string]: unknown;
                };
                content: {
                    /**
                     * @example {
                     *       "message": "Service Unavailable"
                     *     }
                     */
                    "application/json": components["schemas"]["GatewayMessage"];
                };
            };
            default: components["responses"]["BeforeRouting"];
        };
    };
    getHealth: {
        parameters: {
            query?: never;
            header?: never;
            path?: never;
            cookie?: never;
        };
        requestBody?: never;
        responses: {
            /** @description It does. */
            200: {
                headers: {
                    "Apigw-Requestid": components["headers"]["Apigw-Requestid"];
                    "Cache-Control": components["headers"]["Cache-Control"];
                    "Content-Security-Policy": components["headers"]["Content-Security-Policy"];
                    "Strict-Transport-Security": components["headers"]["Strict-Transport-Security"];
                    "X-Content-Type-Options": components["headers"]["X-Content-Type-Options"];
                    "X-Request-Id": components["headers"]["X-Request-Id"];
                    [name: string]: unknown;
                };
                content: {
                    "application/json": components["schemas"]["Health"];
                };
            };
            /** @description The request is not as it should be. */
            400: {
                headers: {
                    "Apigw-Requestid": components["headers"]["Apigw-Requestid"];
                    "Cache-Control": components["headers"]["Cache-Control"];
                    "Content-Language": components["headers"]["Content-Language"];
                    "Content-Security-Policy": components["headers"]["Content-Security-Policy"];
                    "Strict-Transport-Security": components["headers"]["Strict-Transport-Security"];
                    Vary: components["headers"]["Problem-Vary"];
                    "X-Content-Type-Options": components["headers"]["X-Content-Type-Options"];
                    "X-Request-Id": components["headers"]["X-Request-Id"];
                    [name: string]: unknown;
                };
                content: {
                    "application/problem+json": components["schemas"]["Problem"] & {
                        /** @enum {unknown} */
                        code?: "parameters_invalid";
                    };
                };
            };
            /** @description Too many requests; try again later. */
            429: {
                headers: {
                    "Apigw-Requestid": components["headers"]["Apigw-Requestid"];
                    [name: string]: unknown;
                };
                content: {
                    /**
                     * @example {
                     *       "message": "Too Many Requests"
                     *     }
                     */
                    "application/json": components["schemas"]["GatewayMessage"];
                };
            };
            /** @description The fault is ours. */
            500: {
                headers: {
                    "Apigw-Requestid": components["headers"]["Apigw-Requestid"];
                    "Cache-Control": components["headers"]["Cache-Control"];
                    "Content-Language": components["headers"]["Content-Language"];
                    "Content-Security-Policy": components["headers"]["Content-Security-Policy"];
                    "Strict-Transport-Security": components["headers"]["Strict-Transport-Security"];
                    Vary: components["headers"]["Problem-Vary"];
                    "X-Content-Type-Options": components["headers"]["X-Content-Type-Options"];
                    "X-Request-Id": components["headers"]["X-Request-Id"];
                    [name: string]: unknown;
                };
                content: {
                    /**
                     * @example {
                     *       "message": "Internal Server Error"
                     *     }
                     */
                    "application/json": components["schemas"]["GatewayMessage"];
                    "application/problem+json": components["schemas"]["Problem"] & {
                        /** @enum {unknown} */
                        code?: "internal";
                    };
                };
            };
            /** @description The service is not available now; try again later. */
            503: {
                headers: {
                    "Apigw-Requestid": components["headers"]["Apigw-Requestid"];
                    [name: string]: unknown;
                };
                content: {
                    /**
                     * @example {
                     *       "message": "Service Unavailable"
                     *     }
                     */
                    "application/json": components["schemas"]["GatewayMessage"];
                };
            };
            default: components["responses"]["BeforeRouting"];
        };
    };
    getDocument: {
        parameters: {
            query?: never;
            header?: {
                /** @description The `ETag` of the appointment as you know it: when it is still that, the answer has no body. */
                "If-None-Match"?: string;
            };
            path?: never;
            cookie?: never;
        };
        requestBody?: never;
        responses: {
            /** @description The document. */
            200: {
                headers: {
                    "Apigw-Requestid": components["headers"]["Apigw-Requestid"];
                    "Cache-Control": components["headers"]["File-Cache-Control"];
                    "Content-Encoding": components["headers"]["File-Content-Encoding"];
                    "Content-Security-Policy": components["headers"]["File-Content-Security-Policy"];
                    ETag: components["headers"]["File-ETag"];
                    "Strict-Transport-Security": components["headers"]["Strict-Transport-Security"];
                    Vary: components["headers"]["File-Vary"];
                    "X-Content-Type-Options": components["headers"]["X-Content-Type-Options"];
                    [name: string]: unknown;
                };
                content: {
                    "application/json": Record<string, never>;
                };
            };
            /** @description It is as you know it. */
            304: {
                headers: {
                    "Apigw-Requestid": components["headers"]["Apigw-Requestid"];
                    "Cache-Control": components["headers"]["File-Cache-Control"];
                    "Content-Encoding": components["headers"]["File-Content-Encoding"];
                    "Content-Security-Policy": components["headers"]["File-Content-Security-Policy"];
                    ETag: components["headers"]["File-ETag"];
                    "Strict-Transport-Security": components["headers"]["Strict-Transport-Security"];
                    Vary: components["headers"]["File-Vary"];
                    "X-Content-Type-Options": components["headers"]["X-Content-Type-Options"];
                    [name: string]: unknown;
                };
                content?: never;
            };
            /** @description Too many requests; try again later. */
            429: {
                headers: {
                    "Apigw-Requestid": components["headers"]["Apigw-Requestid"];
                    [name: string]: unknown;
                };
                content: {
                    /**
                     * @example {
                     *       "message": "Too Many Requests"
                     *     }
                     */
                    "application/json": components["schemas"]["GatewayMessage"];
                };
            };
            /** @description The fault is ours. */
            500: {
                headers: {
                    "Apigw-Requestid": components["headers"]["Apigw-Requestid"];
                    [name: string]: unknown;
                };
                content: {
                    /**
                     * @example {
                     *       "message": "Internal Server Error"
                     *     }
                     */
                    "application/json": components["schemas"]["GatewayMessage"];
                };
            };
            /** @description The service is not available now; try again later. */
            503: {
                headers: {
                    "Apigw-Requestid": components["headers"]["Apigw-Requestid"];
                    [name: string]: unknown;
                };
                content: {
                    /**
                     * @example {
                     *       "message": "Service Unavailable"
                     *     }
                     */
                    "application/json": components["schemas"]["GatewayMessage"];
                };
            };
            default: components["responses"]["BeforeRouting"];
        };
    };
}
