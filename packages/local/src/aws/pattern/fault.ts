/** A pattern that PutRule and TestEventPattern would refuse; the message is AWS's reason. */
export class PatternFault extends Error {}
