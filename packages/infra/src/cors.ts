import { givenTo, type Place } from "./given.ts";

/**
 * Which web pages may call the API: the origins in `CORS_ORIGINS`, by spaces, or the word `none`. Without it any may, except
 * in production, which is refused. Credentials are never allowed: a token comes in a header, and a page must hold it.
 *
 * @throws Error when production names none, or when one is no origin (`https://app.example.com`)
 */
export function corsOf(place: Place): sst.aws.ApiGatewayV2Args["cors"] {
  const given = givenTo(place, "CORS_ORIGINS");
  if (given === undefined && place.production) {
    throw new Error(
      `No web page is named that may call the API: npx sst secret set CORS_ORIGINS "https://APP.EXAMPLE", or none when no browser calls it, with --stage NAME.`,
    );
  }
  if (given === "none") return false;
  return {
    allowOrigins: given === undefined ? ["*"] : given.split(/[\s,]+/).map((origin) => checked(origin, place)),
    allowMethods: ["GET", "POST"],
    allowHeaders: ["authorization", "content-type", "idempotency-key", "if-match", "if-none-match", "traceparent"],
    exposeHeaders: [
      ...["content-language", "etag", "idempotency-replayed", "location", "ratelimit", "ratelimit-policy"],
      ...["retry-after", "www-authenticate", "x-request-id"],
    ],
    maxAge: "1 day",
  };
}

function checked(origin: string, { production }: Place): string {
  const url = URL.canParse(origin) ? new URL(origin) : undefined;
  // A browser sends an origin in one way only: no path, no default port, lower case. A * would be a pattern to API Gateway.
  if (
    url?.origin === origin &&
    !origin.includes("*") &&
    (url.protocol === "https:" || (url.protocol === "http:" && !production))
  )
    return origin;
  throw new Error(
    `CORS_ORIGINS has "${origin}", which no browser sends: write https://host or https://host:port, in lower case, by spaces.`,
  );
}
