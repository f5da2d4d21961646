#pragma once
// The path that every request on a payment shares: record the decision (and the request's key) durably,
// call the gateway, record its answer, answer the merchant. One file, so that "record, then call, then
// record" stands in one place.
#include <functional>
#include <optional>

#include "flows/gateway.hpp"
#include "flows/idempotency.hpp"
#include "flows/payments.hpp"
#include "flows/snapshot.hpp"

namespace payweir::flows {

// Which object a request answers with.
enum class AnswerWith : std::uint8_t { payment, refund };

// How often a request that lost against another writer loads and decides again.
inline constexpr int kConflictRetriesMax = 5;

// What recording came to.
struct Recorded {
  // Set: this request was executed before; this is the answer.
  std::optional<Answer> replayed;
  bool conflict = false;  // another writer was first: load and decide again
};

// Commits. `claimed`: the ChangeSet holds this request's claim. Errors: store_*, duplicate_resource (an
// id that the merchant chose exists), idempotency_*.
[[nodiscard]] Task<Result<Recorded>> record(Context& context, store::ChangeSet changes, Key claimed,
                                            AnswerWith with, const Rendering& rendering);

// For a request that cannot be decided: the answer of its first execution when there was one, else the
// error itself. A replay comes before a refusal, because the first execution is what made it illegal.
[[nodiscard]] Task<Result<Answer>> replay_or_fail(Context& context, Key key, Error error, AnswerWith with,
                                                  const Rendering& rendering);

// Stores an outcome and answers. When another writer was first, loads again and decides again.
[[nodiscard]] Task<Result<Answer>> conclude(Context& context, PaymentSnapshot snapshot, Outcome outcome,
                                            std::optional<std::int64_t> claim_key, AnswerWith with,
                                            std::int64_t gateway_us, const Rendering& rendering);

// Sends the operation that was just recorded, then concludes. Authorisations go by flows/authorise.hpp.
[[nodiscard]] Task<Result<Answer>> send_and_conclude(
    Context& context, PaymentSnapshot snapshot, Duration send_by, std::optional<std::int64_t> claim_key,
    AnswerWith with, const Rendering& rendering,
    GatewayHealth::Dispatch passage = GatewayHealth::Dispatch::allowed);

// The request's place among those that call gateways, to be held until it is answered; none: there are too
// many, and it is answered with too_many_in_flight(), unless it was executed before.
[[nodiscard]] std::optional<Admission::Ticket> admit(Context& context, const Principal& principal);
[[nodiscard]] Error too_many_in_flight();

// A client secret that is given must be the payment's; a publishable key must give it.
[[nodiscard]] Result<void> check_client_secret(Context& context, const Principal& principal,
                                               const PaymentSnapshot& snapshot, const std::string& given);

// What a request asks of a payment that is stored. It sees the payment as loaded, may set what no decision
// reads (details), and is called again after a conflict.
using MakeEvent = std::function<Result<PaymentEvent>(PaymentSnapshot& snapshot, Instant now)>;

// Loads, decides, records; sends when the decision recorded an operation; answers.
[[nodiscard]] Task<Result<Answer>> execute(Context& context, Principal principal, Key key,
                                           std::string payment_id, MakeEvent make_event, AnswerWith with,
                                           const Rendering& rendering);

// The bound for the first byte of an operation that is recorded now.
[[nodiscard]] Duration send_by_of(const Context& context);

[[nodiscard]] std::string render(Context& context, const PaymentSnapshot& snapshot, AnswerWith with,
                                 const Rendering& rendering);

}  // namespace payweir::flows
