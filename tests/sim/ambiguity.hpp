#pragma once
// What a gateway did x what it says of it, or what becomes of the way there x at which request x how many
// attempts a payment may have x whether another account is well, for payments by card, code and barcode at
// Stripe, Alipay and WeChat Pay: through the real connectors, routing and failover, and the payer is charged
// once at most.
#include "report.hpp"

namespace payweir::sim {

// Prints the count; 0 when nobody is charged twice and nothing is lost.
[[nodiscard]] int run_ambiguity(const RunOptions& options);

}  // namespace payweir::sim
