import { type CountryCode, countryCodes, isCountryCode } from "@appointments/core/country/country";
import { AppError } from "@appointments/core/error";

/** The country that this function serves, by its environment. Throws `configuration_invalid`. */
export function servedCountry(code = process.env.COUNTRY ?? ""): CountryCode {
  if (isCountryCode(code)) return code;
  throw new AppError("configuration_invalid", `Set COUNTRY to one of ${countryCodes.join(", ")}`);
}
