import { BlockList, isIP } from "node:net";

const loopback = new BlockList();
loopback.addSubnet("127.0.0.0", 8);
loopback.addSubnet("0.0.0.0", 8);
loopback.addAddress("::1", "ipv6");
loopback.addAddress("::", "ipv6");

// RFC 1918, RFC 6598, RFC 3927, RFC 4193, RFC 4291
const inside = new BlockList();
for (const [range, bits] of [
  ["10.0.0.0", 8],
  ["172.16.0.0", 12],
  ["192.168.0.0", 16],
  ["100.64.0.0", 10],
  ["169.254.0.0", 16],
] as const)
  inside.addSubnet(range, bits);
inside.addSubnet("fc00::", 7, "ipv6");
inside.addSubnet("fe80::", 10, "ipv6");

/**
 * From where a host is reached: only from itself, only from inside its network, or from anywhere.
 *
 * @param hostname as in a URL: a name, or an address, IPv6 in brackets
 */
export function hostKind(hostname: string): "loopback" | "private" | "public" {
  const host = hostname.toLowerCase().replace(/^\[|\]$/g, "");
  const version = isIP(host);
  if (version !== 0) {
    const family = version === 6 ? "ipv6" : "ipv4";
    return loopback.check(host, family) ? "loopback" : inside.check(host, family) ? "private" : "public";
  }
  if (/^(localhost|.*\.localhost|127(\.\d+){1,2})\.?$/.test(host)) return "loopback";
  // A name without a dot is known to one network only; the others are reserved for such: RFC 6762, RFC 8375, ICANN.
  return /^[^.]+$|\.(local|internal|lan|home\.arpa|localdomain)\.?$/.test(host) ? "private" : "public";
}
