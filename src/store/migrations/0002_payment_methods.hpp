#pragma once
#include <string_view>

namespace payweir::store::migrations {

// What an attempt is paid with, and what its payer must do, which is no longer always an address to go to.
inline constexpr std::string_view k0002PaymentMethods = R"sql(
ALTER TABLE attempt ADD COLUMN method INTEGER NOT NULL DEFAULT 1;
ALTER TABLE attempt ADD COLUMN next_action INTEGER NOT NULL DEFAULT 0;
ALTER TABLE attempt RENAME COLUMN next_action_url TO next_action_data;
ALTER TABLE attempt ADD COLUMN released INTEGER NOT NULL DEFAULT 0;
UPDATE attempt SET next_action = 1 WHERE next_action_data <> '';
)sql";

}  // namespace payweir::store::migrations
