#pragma once
// What accounts approved and answered within one window, as gateway_statistics rows hold it: a byte that
// names the format, then for each segment seven numbers of seven bits a byte, the lowest first: account,
// method, network, currency, approved, declined, failed.
#include <cstdint>
#include <optional>
#include <string>
#include <string_view>
#include <vector>

#include "domain/routing/estimates.hpp"

namespace payweir::flows {

struct StoredCounts {
  std::int64_t account_key = 0;
  std::uint8_t method = 0;    // PaymentMethod
  std::uint8_t network = 0;   // routing::network_number()
  std::int32_t currency = 0;  // ISO 4217, numeric
  routing::Counts counts;
};

[[nodiscard]] std::string pack_counts(const std::vector<StoredCounts>& all);
// None: another version wrote it, or nobody did.
[[nodiscard]] std::optional<std::vector<StoredCounts>> unpack_counts(std::string_view text);

}  // namespace payweir::flows
