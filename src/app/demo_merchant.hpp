#pragma once
// The demo merchant of a sandbox: a merchant with a key and a Stripe account at the sandbox gateway, made
// when the switch starts with --sandbox, and found again the next time.
#include <string>

#include "app/node.hpp"
#include "base/secret.hpp"

namespace payweir::app {

struct DemoMerchant {
  std::string merchant_id;
  Secret api_key;
};

// Requires: a node that serves with Config::sandbox, and a sandbox at config.stripe_base_url. The key is
// kept in DIR/demo.key, because the database only has its hash.
[[nodiscard]] Result<DemoMerchant> ensure_demo_merchant(Node& node, const Config& config);

// Makes a key of this merchant, and the merchant if there is none. For `payweir key create`, too.
[[nodiscard]] Task<Result<Secret>> make_api_key(flows::Context& context, std::string merchant_id,
                                                std::string name);

}  // namespace payweir::app
