/**
 * sst.config.ts, or what it imports, cannot be evaluated.
 *
 * The message says what is wrong and, where known, in which line; it is meant for whoever wrote the configuration.
 */
export class ConfigError extends Error {
  override name = "ConfigError";
  readonly code = "config_invalid";
  /** `file:line:column`, relative to the repository. */
  readonly where: string | undefined;

  constructor(message: string, where?: string, options?: ErrorOptions) {
    super(where ? `${message}\n  at ${where}` : message, options);
    this.where = where;
  }
}

/** sst.config.ts names a provider that is not installed in the platform: `sst install` puts it there. */
export class MissingProviderError extends ConfigError {
  override name = "MissingProviderError";
}
