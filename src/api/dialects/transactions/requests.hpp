#pragma once
// What a client of the common payment service sends: the fields of its guide's model, with amounts as decimal
// strings.
#include <optional>
#include <string>

#include "api/dialects/orders.hpp"

namespace payweir::api::dialects::transactions {

[[nodiscard]] Result<Order> bind_create_transaction(const json::Value& body);

// Which payment a refund is of, which has to be known before its amount can be read.
[[nodiscard]] Result<std::string> bind_refunded_transaction(const json::Value& body);
[[nodiscard]] Result<flows::CreateRefund> bind_create_refund(const json::Value& body, Currency currency);

}  // namespace payweir::api::dialects::transactions
