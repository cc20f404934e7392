import type { ContentfulStatusCode } from "hono/utils/http-status";

/** A sentence in every language of the API. `{name}` in it stands for a value. */
export interface Text {
  en: string;
  es: string;
}
export type Language = keyof Text;

interface Problem {
  status: ContentfulStatusCode;
  /** What is wrong. It never varies. */
  title: Text;
  /** What to do, by what exactly is wrong. */
  details: Record<string, Text>;
  /** Seconds after which the same request may do better. */
  retryAfter?: number;
}

/** Every error that the API answers, by its code. Codes and statuses never change; `docs/errors.md` is made from this. */
export const problems = {
  appointment_cancelled: {
    status: 409,
    title: { en: "The appointment is cancelled", es: "La cita está cancelada" },
    details: { main: { en: "Book another appointment", es: "Reserve otra cita" } },
  },
  appointment_not_found: {
    status: 404,
    title: { en: "There is no such appointment", es: "No existe esa cita" },
    details: {
      main: {
        en: "The insured has no appointment of this id; list those there are with GET /appointments/{insuredId}",
        es: "El asegurado no tiene una cita con este id; vea las que hay con GET /appointments/{insuredId}",
      },
    },
  },
  appointment_pending: {
    status: 409,
    title: { en: "The appointment is not decided yet", es: "La cita aún no está decidida" },
    details: {
      main: {
        en: "Wait for the country's decision, e.g. with GET and ?wait=20, then ask again",
        es: "Espere la decisión del país, p. ej. con GET y ?wait=20, y vuelva a pedirlo",
      },
    },
  },
  appointment_rejected: {
    status: 409,
    title: { en: "The appointment was rejected", es: "La cita fue rechazada" },
    details: { main: { en: "Book another appointment", es: "Reserve otra cita" } },
  },
  body_missing: {
    status: 400,
    title: { en: "The request has no body", es: "La solicitud no tiene cuerpo" },
    details: { main: { en: "Send the request as a JSON object", es: "Envíe la solicitud como un objeto JSON" } },
  },
  body_not_json: {
    status: 400,
    title: { en: "The body is not JSON in UTF-8", es: "El cuerpo no es JSON en UTF-8" },
    details: {
      main: { en: "Send one JSON object in UTF-8", es: "Envíe un solo objeto JSON en UTF-8" },
      twins: { en: "Send each member of an object once", es: "Envíe cada miembro de un objeto una sola vez" },
      surrogate: {
        en: "Send whole characters: a surrogate stands for nothing alone",
        es: "Envíe caracteres enteros: un sustituto UTF-16 solo no representa nada",
      },
    },
  },
  body_too_large: {
    status: 413,
    title: { en: "The body is too large", es: "El cuerpo es demasiado grande" },
    details: { main: { en: "Send at most {bytes} bytes", es: "Envíe como máximo {bytes} bytes" } },
  },
  change_in_progress: {
    status: 409,
    title: { en: "Another change is under way", es: "Hay otro cambio en curso" },
    details: {
      main: {
        en: "Wait for the end of the other change, e.g. with GET and ?wait=20, then ask again",
        es: "Espere a que termine el otro cambio, p. ej. con GET y ?wait=20, y vuelva a pedirlo",
      },
    },
  },
  changes_exhausted: {
    status: 409,
    title: { en: "The appointment changed too often", es: "La cita cambió demasiadas veces" },
    details: { main: { en: "Cancel it and book anew", es: "Cancélela y reserve de nuevo" } },
  },
  content_type_unsupported: {
    status: 415,
    title: { en: "The content type is not supported", es: "El tipo de contenido no es compatible" },
    details: {
      main: {
        en: "Send JSON in UTF-8 with content-type: application/json",
        es: "Envíe JSON en UTF-8 con content-type: application/json",
      },
      encoding: { en: "Send the body with no content-encoding", es: "Envíe el cuerpo sin content-encoding" },
    },
  },
  country_not_found: {
    status: 404,
    title: { en: "There is no such country", es: "No existe ese país" },
    details: { main: { en: "Send a country of your token", es: "Envíe un país de su token" } },
  },
  cursor_invalid: {
    status: 400,
    title: { en: "The cursor is not valid", es: "El cursor no es válido" },
    details: {
      main: {
        en: "Send the nextCursor of the page before, with the same filters and token, or none to begin",
        es: "Envíe el nextCursor de la página anterior, con los mismos filtros y token, o ninguno para empezar",
      },
    },
  },
  fields_invalid: {
    status: 422,
    title: { en: "Fields are not valid", es: "Hay campos no válidos" },
    details: { main: { en: "Correct the fields named in errors", es: "Corrija los campos nombrados en errors" } },
  },
  idempotency_key_invalid: {
    status: 400,
    title: { en: "The Idempotency-Key is not valid", es: "La Idempotency-Key no es válida" },
    details: {
      main: {
        en: "Send one key of 1 to 255 visible ASCII characters without a comma, e.g. a UUID",
        es: "Envíe una clave de 1 a 255 caracteres ASCII visibles sin coma, p. ej. un UUID",
      },
    },
  },
  idempotency_key_reused: {
    status: 422,
    title: {
      en: "The Idempotency-Key was used for another request",
      es: "La Idempotency-Key se usó para otra solicitud",
    },
    details: { main: { en: "Send a new key with a new request", es: "Envíe una clave nueva con una solicitud nueva" } },
  },
  if_match_invalid: {
    status: 400,
    title: { en: "The If-Match is not valid", es: "El If-Match no es válido" },
    details: {
      main: {
        en: 'Send the ETag of the appointment as you got it, e.g. "2", or *',
        es: 'Envíe el ETag de la cita tal como lo recibió, p. ej. "2", o *',
      },
    },
  },
  if_none_match_invalid: {
    status: 400,
    title: { en: "The If-None-Match is not valid", es: "El If-None-Match no es válido" },
    details: {
      main: {
        en: 'Send the ETag of the appointment as you got it, e.g. "2", or *',
        es: 'Envíe el ETag de la cita tal como lo recibió, p. ej. "2", o *',
      },
    },
  },
  insufficient_scope: {
    status: 403,
    title: { en: "The token does not allow this", es: "El token no permite esto" },
    details: { main: { en: "Get a token with the scope {scope}", es: "Obtenga un token con el alcance {scope}" } },
  },
  insured_not_found: {
    status: 404,
    title: { en: "There is no such insured", es: "No existe ese asegurado" },
    details: { main: { en: "Send the insuredId of your token", es: "Envíe el insuredId de su token" } },
  },
  internal: {
    status: 500,
    title: { en: "Something went wrong", es: "Algo falló" },
    details: {
      main: {
        en: "The fault is ours; try again, and if it stays, tell us the requestId",
        es: "La falla es nuestra; inténtelo de nuevo y, si persiste, díganos el requestId",
      },
    },
  },
  method_not_allowed: {
    status: 405,
    title: { en: "The method is not allowed here", es: "El método no se permite aquí" },
    details: {
      main: {
        en: "Here is {methods}. Book with POST /appointments; read with GET /appointments/{insuredId}",
        es: "Aquí hay {methods}. Reserve con POST /appointments; lea con GET /appointments/{insuredId}",
      },
    },
  },
  parameters_invalid: {
    status: 400,
    title: { en: "Parameters are not valid", es: "Hay parámetros no válidos" },
    details: {
      main: { en: "Correct the parameters named in errors", es: "Corrija los parámetros nombrados en errors" },
    },
  },
  path_unknown: {
    status: 404,
    title: { en: "There is nothing at this path", es: "No hay nada en esta ruta" },
    details: {
      main: {
        en: "Book with POST /appointments; read with GET /appointments/{insuredId}",
        es: "Reserve con POST /appointments; lea con GET /appointments/{insuredId}",
      },
    },
  },
  request_in_progress: {
    status: 409,
    title: {
      en: "The first request under this Idempotency-Key is still at work",
      es: "La primera solicitud con esta Idempotency-Key aún está en curso",
    },
    details: {
      main: {
        en: "Send it again after the seconds in Retry-After, with the same Idempotency-Key",
        es: "Envíela de nuevo tras los segundos de Retry-After, con la misma Idempotency-Key",
      },
    },
    retryAfter: 1,
  },
  too_many_requests: {
    status: 429,
    title: { en: "Too many requests", es: "Demasiadas solicitudes" },
    details: {
      main: {
        en: "Send it again after the seconds in Retry-After, with the same Idempotency-Key",
        es: "Envíela de nuevo tras los segundos de Retry-After, con la misma Idempotency-Key",
      },
    },
  },
  unauthorized: {
    status: 401,
    title: { en: "Who calls is not known", es: "No se sabe quién llama" },
    details: {
      main: {
        en: "Send a valid access token, as authorization: Bearer TOKEN",
        es: "Envíe un token de acceso válido, como authorization: Bearer TOKEN",
      },
      nobody: {
        en: "Send an access token that names an insured, the countries of a partner, or an admin",
        es: "Envíe un token de acceso que nombre a un asegurado, los países de un socio o un administrador",
      },
    },
  },
  unavailable: {
    status: 503,
    title: { en: "The service is not available now", es: "El servicio no está disponible ahora" },
    details: {
      main: {
        en: "Try again after the seconds in Retry-After, with the same Idempotency-Key",
        es: "Inténtelo de nuevo tras los segundos de Retry-After, con la misma Idempotency-Key",
      },
    },
    retryAfter: 2,
  },
  version_stale: {
    status: 412,
    title: { en: "The appointment has changed", es: "La cita ha cambiado" },
    details: { main: { en: "Read it again, then decide", es: "Vuelva a leerla y luego decida" } },
  },
} as const satisfies Record<string, Problem>;

export type ProblemCode = keyof typeof problems;
export const problemCodes = Object.keys(problems) as ProblemCode[]; // the keys are written just above
export const problemOf = (code: ProblemCode): Problem => problems[code];
export const isProblemCode = (code: string): code is ProblemCode => Object.hasOwn(problems, code);

/**
 * The `type` of a problem: where its code is explained, at the API itself, because this repository has no address of its
 * own and each stage another one. RFC 9457, 3.1.1, allows a relative reference with a full path. Programs compare `code`.
 */
export const typeOf = (code: ProblemCode): string => `/docs#error-${code}`;

/** A text with its values in it. What has no value stays as it is: `{insuredId}` is one of a path. */
export const filled = (text: string, values: Record<string, string>): string =>
  text.replace(/\{(\w+)\}/g, (place, name: string) => values[name] ?? place);
