#pragma once
// Talking to a gateway: drives a connector's stepper over the HTTP port. The money Send happens at most
// once, before send_by; what a transport error means is decided here and nowhere else.
#include <functional>

#include "flows/context.hpp"
#include "flows/snapshot.hpp"

namespace payweir::flows {

struct GatewayCall {
  Outcome outcome;
  std::int64_t gateway_us = 0;  // time spent waiting for the gateway
};

// Within what bounds a request goes out.
struct SendTerms {
  Duration send_by{};  // Clock::suspended() bound for the first byte
  Duration timeout{};  // of the whole call, at most Settings::gateway_timeout
};

// Requires: the snapshot's operation is durable, in state dispatching, and recorded by this flow.
[[nodiscard]] Task<GatewayCall> call_gateway(Context& context, const PaymentSnapshot& snapshot,
                                             std::optional<Instrument> instrument, SendTerms terms);

struct GatewayFinding {
  // Unset: nothing was learnt (no answer, or one that tells nothing).
  std::optional<Finding> finding;
  std::int64_t gateway_us = 0;
  bool was_held_back = false;  // to learn more, it would have had to repeat a void
};
// How a query may find what it looks for; see ConnectorRequest::consistent.
enum class Road : std::uint8_t { any, consistent };
// Whether an inquiry may repeat a void that gives back what was paid; see ask::Send.
enum class Repeats : std::uint8_t { forbidden, allowed };
[[nodiscard]] Task<GatewayFinding> ask_gateway(Context& context, const PaymentSnapshot& snapshot,
                                               Road road = Road::any, Repeats repeats = Repeats::forbidden);

// After a not-found: whether it is time to make it final. A cancellation that pays back must not meet an
// original that is still on its way.
[[nodiscard]] bool may_be_fenced(const Context& context, const PaymentSnapshot& snapshot);

// After a not-found: makes it final, if the connector can.
[[nodiscard]] Task<FenceAnswer> fence_at_gateway(Context& context, const PaymentSnapshot& snapshot);

// Whether the gateway takes these credentials; `account` needs no row. Errors: connector_credentials_invalid,
// gateway_unclear.
[[nodiscard]] Task<Result<void>> ask_whether_valid(Context& context, const ConnectorAccount& account);

// An account's artefact from the gateway, asked for now; flows/artefacts.hpp says when. Errors: those of the
// call and of Connector::read_artefact().
[[nodiscard]] Task<Result<FetchedArtefact>> fetch_artefact(Context& context, const ConnectorAccount& account);

// What a connector is told of the account and the moment, with the newest artefact there is.
[[nodiscard]] ConnectorContext connector_context(Context& context, const ConnectorAccount& account);
// Has a connector compute, elsewhere when it takes long. The caller's frame holds all that `work` names.
[[nodiscard]] Task<void> compute(Context& context, const Connector& connector, std::function<void()> work);

// How long the call of one of a payment's attempts may take: what its account says, else what the switch
// does, and settings.gateway_timeout at most.
enum class AttemptPlace : std::uint8_t { first, later };
[[nodiscard]] Duration attempt_timeout(const Settings& settings, const ConnectorAccount& account,
                                       AttemptPlace place);

// From when on a request that had arrived can no longer be running at the gateway.
[[nodiscard]] Instant executed_by(const Settings& settings, const Operation& operation);

// When the resolver may first ask about an operation recorded now: nobody can be sending it any more.
[[nodiscard]] Instant first_ask(const Settings& settings, Instant now);

}  // namespace payweir::flows
