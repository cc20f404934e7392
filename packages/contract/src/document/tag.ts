/** The groups of operations. */
export const tags = {
  appointments: "Book an appointment, read it, change it.",
  service: "The API itself.",
} as const;
export type Tag = keyof typeof tags;
