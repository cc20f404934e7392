import { Hash } from "@smithy/core/serde";
import { SignatureV4 } from "@smithy/signature-v4";

/** An endpoint and the credentials to sign with. */
export interface Endpoint {
  url: string;
  credentials: { accessKeyId: string; secretAccessKey: string };
}

/**
 * Headers that sign a POST as the owner of an endpoint's credentials: what stands behind the gateway knows one caller
 * only, whoever called the gateway.
 * Source: https://docs.aws.amazon.com/IAM/latest/UserGuide/reference_sigv-create-signed-request.html
 *
 * @param headers to be signed along, names in lower case; all of them must be sent as they are
 */
export async function signed(
  request: { service: string; region: string; headers: Record<string, string>; body: Buffer | string },
  { url, credentials }: Endpoint,
  signingDate = new Date(),
): Promise<Record<string, string>> {
  const { protocol, hostname, host, pathname: path } = new URL(url);
  const sha256 = Hash.bind(null, "sha256");
  const signer = new SignatureV4({ ...request, credentials, sha256, applyChecksum: false });
  const headers = { ...request.headers, host };
  const { body } = request;
  return (await signer.sign({ method: "POST", protocol, hostname, path, headers, body }, { signingDate })).headers;
}
