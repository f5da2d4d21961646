#pragma once
// The three requests of the quickstart page.
#include <string>

#include "api/dialects/orders.hpp"

namespace payweir::api::dialects::quickstart {

[[nodiscard]] Result<Order> bind_initiate(const json::Value& body);
// Which order a refund is of, before its amount is read in that order's currency.
[[nodiscard]] Result<std::string> bind_refunded_order(const json::Value& body);
[[nodiscard]] Result<flows::CreateRefund> bind_refund(const json::Value& body, Currency currency);

}  // namespace payweir::api::dialects::quickstart
