// Every connector of this build. A new gateway adds its include and its line.
#include <algorithm>

#include "connectors/connector.hpp"
#include "connectors/stripe/stripe.hpp"

namespace payweir {
namespace {

constexpr Stripe kStripe;

constexpr const Connector* kConnectors[] = {
    &kStripe,
};

}  // namespace

std::span<const Connector* const> all_connectors() {
  return kConnectors;
}

const Connector* find_connector(std::string_view name) {
  const auto found = std::ranges::find_if(
      kConnectors, [&](const Connector* connector) { return connector->capabilities().name == name; });
  return found == std::end(kConnectors) ? nullptr : *found;
}

}  // namespace payweir
