#pragma once
// What a client of go-uni-pay sends, as payments. Its fields are those of docs/api.md and of
// internal/api/handler/payment.go of https://github.com/zqdfound/go-uni-pay (dbbea4a, read 2026-11-23).
#include "api/dialects/orders.hpp"

namespace payweir::api::dialects::unipay {

// Of go-uni-pay's columns.
inline constexpr std::size_t kSubjectBytesMax = 256;
inline constexpr std::size_t kBodyBytesMax = 4 << 10;
inline constexpr std::size_t kExtraParamsBytesMax = 8 << 10;

[[nodiscard]] Result<Order> bind_create(const json::Value& body);

}  // namespace payweir::api::dialects::unipay
