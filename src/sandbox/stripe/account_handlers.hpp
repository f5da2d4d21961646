#pragma once
// The handlers of what belongs to the whole account: webhook endpoints, events, balance.
#include "sandbox/stripe/call.hpp"

namespace payweir::sandbox::stripe {

[[nodiscard]] Answer create_endpoint(Call& call);
[[nodiscard]] Answer retrieve_endpoint(Call& call, std::string_view id);
[[nodiscard]] Answer delete_endpoint(Call& call, std::string_view id);
[[nodiscard]] Answer list_endpoints(Call& call);

[[nodiscard]] Answer list_events(Call& call);
[[nodiscard]] Answer retrieve_event(Call& call, std::string_view id);
[[nodiscard]] Answer retrieve_balance(Call& call);
[[nodiscard]] Answer retrieve_account(Call& call);

}  // namespace payweir::sandbox::stripe
