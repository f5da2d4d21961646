#pragma once
#include <string_view>

namespace payweir::store::migrations {

// What gateways called with, byte for byte, and the payment that a callback turned out to be about.
inline constexpr std::string_view k0010CallbackBodies = R"sql(
ALTER TABLE inbox ADD COLUMN payment_key INTEGER NOT NULL DEFAULT 0;
-- The callbacks of a payment. Its key was drawn a moment before, so that an entry is made near the right edge.
CREATE INDEX inbox_of_payment ON inbox (payment_key) WHERE payment_key > 0;
CREATE TABLE callback_body (key INTEGER PRIMARY KEY, merchant_no INTEGER NOT NULL, body BLOB NOT NULL) STRICT;
)sql";

}  // namespace payweir::store::migrations
