#pragma once
// Review: what a restored or cloned database begins with. Its payments may have gone on since it was copied,
// so nothing that moves money leaves until the gateways were asked about all that is open in it. Then the
// switch goes on by itself.
#include <cstdint>
#include <string>

#include "flows/context.hpp"

namespace payweir::flows {

struct Life {
  std::int64_t epoch = 1;
  bool is_under_review = false;
};

// At each start, before anything else. `identity` is of the file that the database is in; another one than it
// had begins a new epoch, and so does `wanted`. Errors: store_*.
[[nodiscard]] Task<Result<Life>> begin_life(store::Store& store, std::string identity, bool wanted,
                                            Instant now);

// All was asked about: from now on this process sends. Errors: store_*.
[[nodiscard]] Task<Result<void>> end_review(Context& context);

// Ends a payment that an earlier life made and sent nowhere: whether it was paid since then is not known
// here.
[[nodiscard]] Task<Result<void>> end_unsent_payment(Context& context, std::int64_t payment_key);

}  // namespace payweir::flows
