#include "flows/feature_matrix.hpp"

namespace payweir::flows {

std::vector<const Capabilities*> list_capabilities() {
  std::vector<const Capabilities*> all;
  for (const Connector* connector : all_connectors())
    all.push_back(&connector->capabilities());
  return all;
}

}  // namespace payweir::flows
