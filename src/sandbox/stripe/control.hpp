#pragma once
// The control API of the model: how a tester plants faults, bends webhooks and reads the truth.
#include <cstdint>
#include <optional>
#include <string>
#include <string_view>

#include "base/http.hpp"
#include "sandbox/faults.hpp"
#include "sandbox/gateway_model.hpp"
#include "sandbox/stripe/call.hpp"

namespace payweir::sandbox::stripe {

// POST|GET|DELETE /faults · POST|GET /webhooks · POST /webhooks/release · GET /books[?…] ·
// POST /dashboard_refund · POST /search · POST /payer {"reference", "decision": "approve|decline|lapse"}
[[nodiscard]] Reaction serve_control(State& state, FaultPlan& faults, const http::Request& request,
                                     Instant now, Draws& draws);

struct BooksQuery {
  static constexpr std::size_t kLimitMax = 10'000;
  bool summary = false;      // totals only
  std::size_t limit = 1000;  // intents a page, oldest first
  std::uint32_t from = 0;    // number of the first intent
  std::string reference;     // only the intents under this reference
};
[[nodiscard]] std::string render_books(const Books& books, const BooksQuery& query);

}  // namespace payweir::sandbox::stripe
