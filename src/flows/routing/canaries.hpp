#pragma once
// Canaries while they run: their payments' outcomes are counted, and one that does worse than the rest is
// taken back without anybody's word.
#include <string>
#include <vector>

#include "domain/routing/canary.hpp"
#include "flows/context.hpp"
#include "flows/snapshot.hpp"
#include "store/rows.hpp"

namespace payweir::flows {

// What a canary was asked for and what became of it, as its row has it and the API shows it.
struct CanaryRecord {
  routing::CanaryTerms terms;
  std::string status;  // "running", "promoted", "ended", "returned"
  std::string why;     // of what ended without being asked for

  [[nodiscard]] std::string serialise() const;
  [[nodiscard]] static CanaryRecord parse(std::string_view json);
};

// Tells this activation of the algorithm from others of it. Never 0.
[[nodiscard]] std::int64_t canary_run_of(const store::RoutingAlgorithmRow& row);
// Ends a running canary. The row is to be stored.
void end_canary(store::RoutingAlgorithmRow& row, std::string status, std::string why, Instant now);

// To be told of each change of a payment's state, once: counts it when the payment came to its end, and was
// routed while a canary runs in its profile. `before`: the state that it had.
void count_for_canary(Context& context, PaymentState before, const PaymentSnapshot& snapshot);

// Keys of algorithms whose canary is to be taken back, as far as this process has counted.
[[nodiscard]] Task<Result<std::vector<std::int64_t>>> list_failing_canaries(Context& context,
                                                                            std::size_t limit);
// Looks again, and takes it back: stored, logged, counted. Nothing to do is no error.
[[nodiscard]] Task<Result<void>> return_canary(Context& context, std::int64_t algorithm_key);

}  // namespace payweir::flows
