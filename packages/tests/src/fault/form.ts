/** Whether the campaign is run in its long form, whose results are kept; the short one is a sample. */
export const long = process.env.FAULT_CAMPAIGN === "long";
