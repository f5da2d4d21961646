#pragma once
#include <string_view>

namespace payweir::store::migrations {

// Routing algorithms of profiles.
inline constexpr std::string_view k0004Routing = R"sql(
CREATE TABLE routing_algorithm (
  key INTEGER PRIMARY KEY,
  salt INTEGER NOT NULL,
  merchant_no INTEGER NOT NULL,
  profile_key INTEGER NOT NULL,
  version INTEGER NOT NULL,
  name TEXT NOT NULL,
  description TEXT NOT NULL,
  algorithm TEXT NOT NULL,
  active INTEGER NOT NULL,
  created_at INTEGER NOT NULL,
  modified_at INTEGER NOT NULL
) STRICT;
CREATE INDEX routing_algorithm_of_merchant ON routing_algorithm (merchant_no);
CREATE UNIQUE INDEX routing_algorithm_active ON routing_algorithm (profile_key) WHERE active = 1;
)sql";

}  // namespace payweir::store::migrations
