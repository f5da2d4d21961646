#pragma once
// One webhook as an HTTP request. Standard Webhooks' headers (https://github.com/standard-webhooks/
// standard-webhooks, spec/standard-webhooks.md, read 2026-11-22) beside Hyperswitch's signature. Pure.
#include <string>
#include <string_view>

#include "base/http.hpp"
#include "base/time.hpp"
#include "flows/directory.hpp"

namespace payweir::jobs {

// "https://shop.example/hooks?a=b" as origin and target; without a fragment.
struct EndpointUrl {
  std::string origin;
  std::string target;
};
[[nodiscard]] EndpointUrl split_url(std::string_view url);

// "v1,<base64>", one for each secret that is valid at `now`, with a space between.
[[nodiscard]] std::string sign_webhook(const flows::ProfileEntry& profile, std::string_view webhook_id,
                                       std::string_view body, Instant now);

// `webhook_id` is the event's: the same at every try, so that a receiver knows a repetition.
[[nodiscard]] http::Request build_delivery_request(const flows::ProfileEntry& profile, std::string webhook_id,
                                                   std::string body, Instant now);

}  // namespace payweir::jobs
