#include "flows/routing/learn.hpp"

#include "domain/routing/facts.hpp"

namespace payweir::flows {

using routing::Observation;

std::optional<Observation> observation_of(const Outcome& outcome) {
  struct {
    std::optional<Observation> operator()(const outcome::NotSent& not_sent) const {
      if (not_sent.is_ours) return std::nullopt;
      return Observation::technical_failure;
    }
    std::optional<Observation> operator()(const outcome::Rejected& rejected) const {
      // A gateway that takes no such payment approves none.
      return rejected.cause == outcome::Rejected::Cause::request ? Observation::declined
                                                                 : Observation::technical_failure;
    }
    std::optional<Observation> operator()(const outcome::Declined&) const { return Observation::declined; }
    std::optional<Observation> operator()(const outcome::Accepted& accepted) const {
      switch (accepted.as) {
        case AcceptedAs::authorised:
        case AcceptedAs::captured: return Observation::approved;
        case AcceptedAs::pending:
        case AcceptedAs::needs_action:
        case AcceptedAs::voided:
        case AcceptedAs::refunded: return std::nullopt;
      }
      return std::nullopt;
    }
    std::optional<Observation> operator()(const outcome::Unknown& unknown) const {
      if (unknown.contradicts) return std::nullopt;
      return Observation::technical_failure;
    }
  } visitor;
  return std::visit(visitor, outcome);
}

void learn_from(Context& context, const PaymentSnapshot& snapshot, const Outcome& outcome) {
  const PaymentAggregate& aggregate = snapshot.aggregate;
  if (!snapshot.account || !aggregate.attempt || !aggregate.operation ||
      aggregate.operation->kind != OperationKind::authorise)
    return;
  const std::optional<Observation> observation = observation_of(outcome);
  if (!observation) return;
  const std::string network = routing::canonical(routing::Key::card_network, snapshot.details->card.network);
  const routing::Segment segment{aggregate.attempt->method, routing::network_number(network),
                                 aggregate.payment.amount.currency};
  context.traffic.statistics.observe(snapshot.account->row.id.key, segment, *observation,
                                     context.clock.wall());
}

}  // namespace payweir::flows
