#pragma once
// Alipay's asynchronous notifications, verified and reduced to what they are about:
// https://opendocs.alipay.com/open/270/105902, read 2026-11-22.
#include <string_view>

#include "base/result.hpp"
#include "connectors/alipay/credentials.hpp"
#include "connectors/connector.hpp"

namespace payweir::alipay {

// Errors: those of verify_notification(), and webhook_malformed_header when it names no trade.
[[nodiscard]] Result<GatewayEvent> read_notification(std::string_view body, const Credentials& credentials);

}  // namespace payweir::alipay
