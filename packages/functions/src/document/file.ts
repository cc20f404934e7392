/**
 * What the documents' answers say of themselves. They hold no personal data, so they may be kept for five minutes.
 *
 * Source: https://cheatsheetseries.owasp.org/cheatsheets/HTTP_Headers_Cheat_Sheet.html
 */
export const fileHeaders = {
  "cache-control": "public, max-age=300",
  "strict-transport-security": "max-age=31536000",
  "x-content-type-options": "nosniff",
} as const;
