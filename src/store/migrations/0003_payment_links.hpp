#pragma once
#include <string_view>

namespace payweir::store::migrations {

// Payments that a payment link leads to.
inline constexpr std::string_view k0003PaymentLinks = R"sql(
ALTER TABLE payment ADD COLUMN has_link INTEGER NOT NULL DEFAULT 0;
-- The links of a merchant, newest first. Only payments with one are in it, has_link never changes, and an entry
-- is made at its merchant's right edge: a payment without a link pays nothing for it.
CREATE INDEX payment_with_link ON payment (merchant_no) WHERE has_link = 1;
)sql";

}  // namespace payweir::store::migrations
