#pragma once
// The feature matrix: what each connector of this build can do. The same for everybody, and open to them.
#include <vector>

#include "connectors/connector.hpp"

namespace payweir::flows {

// In the order of connectors/all.cpp; they live as long as the process.
[[nodiscard]] std::vector<const Capabilities*> list_capabilities();

}  // namespace payweir::flows
