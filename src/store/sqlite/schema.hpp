#pragma once
// What makes a file a database of the switch: its application_id, and in user_version the number of the
// last migration.
#include <cstdint>
#include <span>
#include <string_view>

#include "store/sqlite/connection.hpp"

namespace payweir::store::sqlite {

// Refuses what is no database of the switch (store_corrupt), and one of another schema than this binary's: a
// newer one with store_newer_schema.
[[nodiscard]] Result<void> check_ours(Connection& connection, std::int64_t newest);

// Refuses a file of someone else's (store_corrupt) and one that a newer binary made (store_newer_schema);
// brings an older or empty one up to date, each migration in a transaction of its own, so that a crash
// leaves the version before or the version after. Ends in WAL mode.
[[nodiscard]] Result<void> prepare_schema(Connection& connection,
                                          std::span<const std::string_view> migrations);

}  // namespace payweir::store::sqlite
