#pragma once
// go-uni-pay's API.
#include <span>

#include "api/route.hpp"

namespace payweir::api::dialects::unipay {

[[nodiscard]] std::span<const Route> routes();

}  // namespace payweir::api::dialects::unipay
