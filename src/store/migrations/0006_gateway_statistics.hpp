#pragma once
#include <string_view>

namespace payweir::store::migrations {

// What accounts approved, by windows of ten minutes: rows come and go at the ends of the key.
inline constexpr std::string_view k0006GatewayStatistics = R"sql(
CREATE TABLE gateway_statistics (
  key INTEGER PRIMARY KEY,
  version INTEGER NOT NULL,
  started_at INTEGER NOT NULL,
  modified_at INTEGER NOT NULL,
  counts BLOB NOT NULL
) STRICT;
)sql";

}  // namespace payweir::store::migrations
